/** The few names of lit-html 3.3.3 that the pages use. Written here, not vendored: the shipped declarations span many files. */
export interface TemplateResult {
  readonly strings: TemplateStringsArray;
  readonly values: unknown[];
}
export declare const html: (strings: TemplateStringsArray, ...values: unknown[]) => TemplateResult;
export declare const svg: (strings: TemplateStringsArray, ...values: unknown[]) => TemplateResult;
/** Renders nothing; on an attribute: removes it. */
export declare const nothing: unique symbol;
/** Leaves what is there. */
export declare const noChange: unique symbol;
export declare const render: (value: unknown, container: HTMLElement | DocumentFragment) => unknown;
