// Starts one double for all test files, unless MOCK_LUSHA_URL names one that runs already.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export default async function setup(project) {
  if (process.env.MOCK_LUSHA_URL) {
    project.provide("lushaUrl", process.env.MOCK_LUSHA_URL);
    return;
  }
  // `uvx mock-lusha serve …` needs no installation; MOCK_LUSHA says how it is called here.
  const [program, ...words] = (process.env.MOCK_LUSHA ?? "mock-lusha").split(" ");
  const server = spawn(program, [...words, "serve", "--port", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  const url = await new Promise((resolve, reject) => {
    const lines = [];
    createInterface(server.stderr).on("line", (line) => {
      lines.push(line);
      const found = / at (http:\S+)/.exec(line);
      if (found) resolve(found[1]);
    });
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`mock-lusha ended with ${code}:\n${lines.join("\n")}`)));
  });
  project.provide("lushaUrl", url);
  return async () => {
    const ended = once(server, "exit");
    server.kill();
    await ended;
  };
}
