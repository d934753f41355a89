package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

const (
	// maxFile bounds what is read: a settings file of 64 KB would already be a
	// mistake.
	maxFile = 64 << 10
	// maxDepth is far above the two levels that the table knows.
	maxDepth = 16
)

func fromFile(path value) ([]given, Faults) {
	raw, err := readFile(path.raw)
	if err != nil {
		return nil, Faults{{Setting: "config", Source: path.source, Reason: err.Error(),
			Advice: "give the path of a readable YAML file"}}
	}
	r := fileReader{name: filepath.Base(path.raw), seen: map[string]int{}}
	r.read(raw)
	return r.out, r.faults
}

func readFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("the file %s cannot be opened (%w)", shown(path), errors.Unwrap(err))
	}
	defer f.Close() // opened for reading: closing loses nothing
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("the file %s cannot be read (%w)", shown(path), errors.Unwrap(err))
	case len(raw) > maxFile:
		return "", fmt.Errorf("the file %s is larger than %d bytes", shown(path), maxFile)
	}
	return string(raw), nil
}

// fileReader walks the YAML tree itself: decoding into a struct would stop at
// the first wrong type, cannot tell a repeated key from a later override, and
// quotes values, of which some are secrets.
type fileReader struct {
	name   string
	seen   map[string]int // key → line
	out    []given
	faults Faults
}

func (r *fileReader) read(raw string) {
	loader, err := yaml.NewLoader(strings.NewReader(raw),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))), yaml.WithUniqueKeys(false))
	if err != nil {
		panic("BUG: config: YAML loader: " + err.Error())
	}
	var doc yaml.Node
	err = loader.Load(&doc)
	if errors.Is(err, io.EOF) {
		return // an empty file sets nothing
	}
	if err != nil {
		r.malformed(err)
		return
	}
	r.document(&doc)
	var more yaml.Node
	if err := loader.Load(&more); err == nil {
		r.fault("(file)", &more, "a second YAML document begins here", "keep one document")
	} else if !errors.Is(err, io.EOF) {
		r.malformed(err)
	}
}

func (r *fileReader) malformed(err error) {
	line, reason := 0, "the YAML cannot be read"
	var syntax *yaml.LoadError
	if errors.As(err, &syntax) {
		line, reason = syntax.Mark.Line, "the YAML is malformed: "+syntax.Message
	}
	r.faults = append(r.faults, Fault{Setting: "(file)", Source: r.source(line), Reason: reason, Advice: "mend the line"})
}

func (r *fileReader) document(doc *yaml.Node) {
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		return // nothing but comments
	}
	if root.Kind != yaml.MappingNode {
		r.fault("(file)", root, "the file is not a list of settings", "write one 'name: value' per line")
		return
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		r.entry(root.Content[i], root.Content[i+1])
	}
}

func (r *fileReader) entry(key, node *yaml.Node) {
	name := key.Value
	s := lookup(name)
	switch {
	case key.Kind != yaml.ScalarNode || s == nil:
		r.unknown(key)
		return
	case r.seen[name] > 0:
		r.fault(name, key, "the key stands on line "+strconv.Itoa(r.seen[name])+" already", "keep one of them")
		return
	case s.noFile:
		r.fault(name, key, "the file cannot set this", "use the flag --"+name+" or the variable "+s.env())
		return
	}
	r.seen[name] = key.Line
	r.out = append(r.out, given{s, r.values(s, node)})
}

func (r *fileReader) unknown(key *yaml.Node) {
	name := key.Value
	if key.Kind != yaml.ScalarNode {
		name = "(key)"
	}
	advice := "remove it, or see docs/operate/settings.md for the names"
	names := make([]string, 0, len(table))
	for i := range table {
		names = append(names, table[i].name)
	}
	if best := nearest(name, names); best != "" {
		advice = "did you mean " + best + "?"
	}
	if len(name) > 64 {
		name = name[:64] + "…"
	}
	r.fault(strings.ToValidUTF8(strconv.Quote(name), ""), key, "there is no such setting", advice)
}

// values checks the type of a node and takes its values out.
func (r *fileReader) values(s *setting, node *yaml.Node) []value {
	switch {
	case s.kind == pairs:
		return r.pairs(s, node)
	case s.kind == list && node.Kind == yaml.SequenceNode:
		var out []value
		for _, one := range node.Content {
			if r.scalar(s.name, one, text) {
				out = append(out, r.value(one, one.Value))
			}
		}
		return out
	case r.scalar(s.name, node, s.kind):
		return s.split(r.value(node, ""), node.Value)
	}
	return nil
}

func (r *fileReader) pairs(s *setting, node *yaml.Node) []value {
	if node.Kind != yaml.MappingNode {
		r.wrongType(s.name, node, "a mapping of names to numbers")
		return nil
	}
	var out []value
	first := map[string]int{} // key → line
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, n := node.Content[i], node.Content[i+1]
		if !r.scalar(s.name, key, text) || !r.scalar(s.name, n, number) {
			continue
		}
		if line, twice := first[key.Value]; twice {
			r.fault(s.name, key, shown(key.Value)+" stands on line "+strconv.Itoa(line)+" already", "keep one of them")
		} else {
			first[key.Value] = key.Line
			out = append(out, r.value(key, key.Value+"="+n.Value))
		}
	}
	return out
}

// number is the type of a count, and of the values of pairs.
const number kind = "a whole number"

// scalar checks the type of a scalar. An address or a duration passes as
// whatever YAML takes it for: its own grammar says best what is wrong with it.
func (r *fileReader) scalar(name string, node *yaml.Node, want kind) bool {
	if node.Kind != yaml.ScalarNode || node.Anchor != "" || node.ShortTag() == "!!null" {
		r.wrongType(name, node, string(want))
		return false
	}
	tag := node.ShortTag()
	switch want {
	case address, duration:
		return true
	case boolean:
		if tag == "!!bool" {
			return true
		}
	case number:
		if tag == "!!int" {
			return true
		}
	default:
		if tag == "!!str" {
			return true
		}
		r.fault(name, node, "the value must be text, and YAML takes it for something else", "put it in quotes")
		return false
	}
	r.wrongType(name, node, string(want))
	return false
}

// wrongType names types and never the value: it may be a secret.
func (r *fileReader) wrongType(name string, node *yaml.Node, want string) {
	reason, advice := "the value must be "+want, "write "+want
	switch {
	case node.Anchor != "" || node.Kind == yaml.AliasNode:
		reason, advice = "the value is an anchor or alias", "write the value itself"
	case node.Kind == yaml.MappingNode:
		reason += " and is a mapping"
	case node.Kind == yaml.SequenceNode:
		reason += " and is a list"
	case node.ShortTag() == "!!null":
		reason, advice = "the value is empty", "give it a value or remove the line"
	}
	r.fault(name, node, reason, advice)
}

func (r *fileReader) value(at *yaml.Node, raw string) value {
	return value{raw: raw, source: r.source(at.Line), line: at.Line}
}

func (r *fileReader) fault(name string, at *yaml.Node, reason, advice string) {
	r.faults = append(r.faults, Fault{Setting: name, Source: r.source(at.Line), Reason: reason, Advice: advice, line: at.Line})
}

func (r *fileReader) source(line int) string {
	if line == 0 {
		return "file " + r.name
	}
	return fmt.Sprintf("file %s line %d", r.name, line)
}
