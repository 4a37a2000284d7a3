// How many tokens a model's context pays for the list of tools: tokens.mjs URL KEY. Says the counts by tokenizer, as JSON.
import { countTokens } from "@anthropic-ai/tokenizer";
import { encode as cl100k } from "gpt-tokenizer/encoding/cl100k_base";
import { encode as o200k } from "gpt-tokenizer/encoding/o200k_base";

const [url, key] = process.argv.slice(2);
const response = await fetch(url, {
  method: "POST",
  headers: {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "x-api-key": key,
  },
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
});
const { result } = await response.json();
const text = JSON.stringify(result.tools);
console.log(
  JSON.stringify({ o200k: o200k(text).length, cl100k: cl100k(text).length, claude: countTokens(text) }),
);
