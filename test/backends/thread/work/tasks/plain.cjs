/** Tasks of a CommonJS module. */
module.exports = (data) => data;
module.exports.named = (data) => data;
