// What the page uses of Preact, for the type checker.
export function h(type: any, properties: any, ...children: any[]): unknown;
export function render(vnode: any, parent: Element): void;
