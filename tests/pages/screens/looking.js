// What the tests of the look ask of a page from inside it. Comes in by the debugger, which the page's policy does not bind.
window.looking = (() => {
  const STOPS = 'button, a[href], input, select, textarea, summary, [tabindex="0"]';
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
  const name = (one) => (one.textContent.trim() || one.getAttribute("aria-label") || one.id || one.tagName).slice(0, 40);
  /** How far its words go: a long one leaves the box it stands in. */
  const reach = (one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    return range.getBoundingClientRect().right;
  };
  const order = new Map();

  return {
    /** [impact, rule, what it is, the first elements] of each violation. `runOnly`: as axe takes it. */
    async violations(runOnly) {
      const found = await axe.run(document, { runOnly, resultTypes: ["violations"] });
      const why = (node) => `${node.html.slice(0, 160)} ${(node.any[0]?.message ?? node.failureSummary).slice(0, 160)}`;
      return found.violations.map((one) => [one.impact, one.id, one.help, ...one.nodes.slice(0, 3).map(why)]);
    },

    /** [name, smallest side in px, least it has to be] of whatever can be pressed and is smaller. Links in a sentence are text. */
    small(least, smaller) {
      return [...document.querySelectorAll(`${STOPS}, [role=radio], [role=button]`)]
        .filter((one) => seen(one) && getComputedStyle(one).display !== "inline")
        .map((one) => [one, (one.matches("input[type=checkbox], input[type=radio]") && one.closest("label") || one).getBoundingClientRect()]) // a label is pressed with its box
        .filter(([, box]) => box.width > 1) // for ears only
        .map(([one, box]) => {
          const own = smaller.filter(([where]) => one.matches(where)).map(([, px]) => px);
          return [name(one), Math.round(Math.min(box.width, box.height)), Math.min(least, ...own)];
        })
        .filter(([, side, needs]) => side < needs);
    },

    /** What makes the page wider than its window; nothing: []. */
    sideways: () => (document.documentElement.scrollWidth <= innerWidth + 1 ? [] : [...document.querySelectorAll("body *")]
      .filter((one) => Math.max(one.getBoundingClientRect().right, reach(one)) > innerWidth + 1).map((one) => `${one.tagName}.${one.className} ${name(one)}`).slice(0, 4)),

    /** Words of which a part is cut off where nobody can scroll to it, or runs over the ring around it; nothing: []. `dots`: a row may end in dots. */
    cut(dots = false) {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found = [];
      for (let text = walk.nextNode(); text; text = walk.nextNode()) {
        const one = text.parentElement;
        if (!text.textContent.trim() || !seen(one) || one.closest(".unseen, svg, script, noscript, option")) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        const words = range.getBoundingClientRect();
        if (words.left < -1 && words.right > 0) found.push(name(one)); // nobody scrolls to the left of a page
        const ring = one.closest(".ring")?.getBoundingClientRect();
        if (ring && (words.left < ring.left || words.right > ring.right)) found.push(name(one));
        for (let frame = one, x = false, y = false; frame && frame !== document.body; frame = frame.parentElement) {
          const style = getComputedStyle(frame);
          if (style.display === "contents") continue; // has no edge
          x ||= dots && style.textOverflow === "ellipsis"; // whatever lies beyond its dots is not there for the frames around
          y ||= dots && style.webkitLineClamp !== "none";
          const box = frame.getBoundingClientRect();
          x ||= ["auto", "scroll"].includes(style.overflowX);
          y ||= ["auto", "scroll"].includes(style.overflowY);
          const clips = (way) => ["hidden", "clip"].includes(way);
          if ((!x && clips(style.overflowX) && (words.right > box.right + 1 || words.left < box.left - 1))
            || (!y && clips(style.overflowY) && (words.bottom > box.bottom + 3 || words.top < box.top - 3))) {
            found.push(name(one));
            break;
          }
        }
      }
      return found.slice(0, 5);
    },

    /** Which of these cannot be read and pressed as the page stands, without moving it; nothing: []. */
    away: (where) => [...document.querySelectorAll(where)].filter(seen).filter((one) => {
      const box = one.getBoundingClientRect();
      const spots = [box.top + 4, (box.top + box.bottom) / 2, box.bottom - 4].map((y) => document.elementFromPoint((box.left + box.right) / 2, y));
      return box.top < 0 || box.bottom > innerHeight || !spots.every((top) => top !== null && one.contains(top));
    }).map((one) => `${name(one)} ${Math.round(one.getBoundingClientRect().top)}`),

    /** Inputs in parts (hours, minutes) take Tab more than once. */
    parts: () => document.querySelectorAll("input[type=time], input[type=datetime-local], input[type=date]").length * 6,

    /** How many places Tab should lead to. */
    stops: () => [...document.querySelectorAll(STOPS)].filter((one) => one.tabIndex >= 0 && !one.disabled && seen(one)).length,

    /** The place that has the focus, and whether somebody would see that; null for the page as a whole. */
    focused() {
      const one = document.activeElement;
      if (!one || one === document.body) return null;
      if (!order.has(one)) order.set(one, order.size);
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      const within = (at, most) => Math.min(Math.max(at, 1), most - 2);
      const top = document.elementFromPoint(within(box.left + box.width / 2, innerWidth), within(box.top + box.height / 2, innerHeight));
      return {
        n: order.get(one),
        name: name(one),
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        shown: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        free: top !== null && (one.contains(top) || top.contains(one)),
      };
    },

    moves: () => document.getAnimations().filter((one) => one.playState === "running").length,
  };
})();
