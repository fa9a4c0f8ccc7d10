// What the page uses of htm, for the type checker.
declare const htm: { bind(h: (...args: any[]) => unknown): (strings: TemplateStringsArray, ...values: any[]) => any };
export default htm;
