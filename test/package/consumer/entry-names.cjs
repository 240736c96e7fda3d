// Prints what each entry exports when it is required: node entry-names.cjs cancelscope cancelscope/testing …
const names = {};
for (const entry of process.argv.slice(2)) names[entry] = Object.keys(require(entry)).sort();
console.log(JSON.stringify(names));
