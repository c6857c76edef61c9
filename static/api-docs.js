/**
 * The description of the interface, to be read: drawn from `/api/openapi.json` by our own page, nothing from anywhere else.
 *
 * @typedef {{summary: string, requestBody?: any, responses: Record<string, {description: string, content?: any}>}} Operation
 */

import { html, nothing, place, render } from "./lib/dom.js";

const document_ = await fetch("/api/openapi.json").then((response) => response.json());

/** @param {any} schema @returns {unknown} */
function shape(schema) {
  if (!schema) return nothing;
  const name = schema.$ref?.split("/").at(-1);
  const full = name ? document_.components.schemas[name] : schema;
  const fields = Object.entries(full.properties ?? {});
  if (!fields.length) return html`<span class="meta">${name ?? full.type ?? "text"}</span>`;
  return html`<ul>${fields.map(([key, value]) => html`<li><code>${key}</code>${full.required?.includes(key) ? nothing : "?"} <span class="meta">${kind(value)}</span></li>`)}</ul>`;
}

/** @param {any} value @returns {string} */
function kind(value) {
  if (value.$ref) return value.$ref.split("/").at(-1);
  if (value.anyOf) return value.anyOf.map(kind).join(" or ");
  if (value.type === "array") return `list of ${kind(value.items ?? {})}`;
  return [value.type ?? "anything", value.maxLength ? `≤ ${value.maxLength}` : "", value.enum ? value.enum.join(", ") : ""].filter(Boolean).join(" ");
}

/** @param {string} path @param {string} method @param {Operation} one */
const operation = (path, method, one) => html`<details class="panel"><summary><b>${method.toUpperCase()}</b> <code>${path}</code> <span class="quiet">${one.summary}</span></summary>
  ${one.requestBody ? html`<h3>Asks</h3>${shape(one.requestBody.content["application/json"].schema)}` : nothing}
  <h3>Answers</h3><ul class="lines">${Object.entries(one.responses).map(([status, answer]) => html`<li><div><b>${status}</b> ${answer.description} ${status < "300" ? shape(Object.values(answer.content ?? {})[0]?.schema) : nothing}</div></li>`)}</ul></details>`;

render(html`<main class="wrap sheet"><div class="titled"><h1>The interface</h1><a class="btn end" href="/api/openapi.json">OpenAPI ${document_.openapi}</a></div>
  <p class="quiet">${document_.info.description}</p>
  ${Object.entries(document_.paths).map(([path, methods]) => Object.entries(/** @type {Record<string, Operation>} */ (methods)).map(([method, one]) => operation(path, method, one)))}</main>`, place("page"));
