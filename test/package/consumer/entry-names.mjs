// Prints what each entry exports when it is imported: node entry-names.mjs cancelscope cancelscope/testing …
const names = {};
for (const entry of process.argv.slice(2)) names[entry] = Object.keys(await import(entry)).sort();
console.log(JSON.stringify(names));
