// Package document reads and writes the JSON and YAML documents that describe
// APIs, as one small tree.
//
// It owns the limits on what a stranger's document may cost: bytes, depth,
// values and, in YAML, what aliases expand to. They are held before a tree is
// built where that can be decided from the text, and while it is built
// otherwise. It does not know what a document means: that is importer and
// exporter.
//
// JSON is read by a parser of this package, because its limits then hold exactly
// and two equal keys are seen. Everything else is YAML: go.yaml.in/yaml/v4 makes
// nodes whose number a scan of the text has bounded before (scan.go).
package document
