package api_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// referenceFolder is where a checkout beside the reference finds it.
const referenceFolder = "../../../shared/spec"

// reference reads a file of the reference; the test is skipped where it is not.
func referenceFile(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(filepath.FromSlash(referenceFolder), name))
	if os.IsNotExist(err) {
		t.Skipf("%s of the reference is not beside this checkout", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// shown is what one section of the reference shows of its operation.
type shown struct {
	section           string
	request, response any      // nil without one
	repairs           []string // what had to be done to read them
}

var (
	sectionLine = regexp.MustCompile(`^#*\s*(4\.\d+(?:\.\d+)?)\s`)
	otherLine   = regexp.MustCompile(`^#*\s*(?:[5-9]|A)(?:\.\d+)*\s\S`)
)

// samplesOf finds the samples of chapter 4. Each stands in one code fence, or
// in several where a page ended inside it.
func samplesOf(text string) ([]*shown, error) {
	var all []*shown
	var chunks [2][]string // of the request and the response of the section
	section, of, fence := "", -1, false
	var inside []string
	finish := func() error {
		s := &shown{section: section}
		for i, target := range []*any{&s.request, &s.response} {
			if len(chunks[i]) == 0 {
				continue
			}
			v, repairs, err := joinChunks(chunks[i])
			if err != nil {
				return fmt.Errorf("section %s, %s: %w", section, []string{"request", "response"}[i], err)
			}
			*target = straightened(v)
			s.repairs = append(s.repairs, repairs...)
		}
		if s.request != nil || s.response != nil {
			all = append(all, s)
		}
		chunks = [2][]string{}
		return nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch found := sectionLine.FindStringSubmatch(line); {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			if fence && section != "" && of >= 0 {
				chunks[of] = append(chunks[of], strings.Join(inside, "\n"))
			}
			fence, inside = !fence, nil
		case fence:
			inside = append(inside, line)
		case found != nil, otherLine.MatchString(line) && section != "":
			if err := finish(); err != nil {
				return nil, err
			}
			section, of = "", -1
			if found != nil {
				section = found[1]
			}
		case strings.Contains(line, "样例") && len([]rune(line)) < 20:
			of = 1
			if strings.Contains(line, "请求") {
				of = 0
			}
		}
	}
	return all, finish()
}

// joinChunks reads a sample out of the code fences it stands in. Whoever wrote
// them closed brackets at the end of a page that are still open on the next
// one, or left a comma out; the least such change that makes one value of it
// is taken back.
func joinChunks(chunks []string) (v any, repairs []string, err error) {
	text := strings.TrimSpace(chunks[0])
	for i, next := range chunks[1:] {
		joined := ""
		for cut, cuts := text, 0; ; cuts++ {
			for _, between := range []string{"\n", ",\n"} {
				if _, _, err := readLenient(cut + between + next); err == nil {
					joined = strings.TrimSpace(cut + between + next)
					break
				}
			}
			if joined != "" {
				if cuts > 0 {
					repairs = append(repairs, fmt.Sprintf("%d brackets before part %d taken back", cuts, i+2))
				}
				break
			}
			if cut == "" || !strings.ContainsAny(cut[len(cut)-1:], "{}[],") {
				return nil, nil, fmt.Errorf("part %d does not continue what is before it", i+2)
			}
			cut = strings.TrimSpace(cut[:len(cut)-1])
		}
		text = joined
	}
	v, mended, err := readLenient(text)
	return v, append(repairs, mended...), err
}

// straightened puts what stands at the wrong level of a Swagger document back
// where Swagger allows it: what is no path out of paths, what is no method into
// the only method. Brackets that a page lost in the middle of a document leave
// it readable and wrong.
func straightened(v any) any {
	doc, ok := v.(object)
	if !ok || doc["swagger"] == nil {
		return v
	}
	paths, _ := doc["paths"].(object)
	for key, item := range paths {
		if !strings.HasPrefix(key, "/") {
			doc[key] = item
			delete(paths, key)
			continue
		}
		methods, _ := item.(object)
		get, _ := methods["get"].(object)
		for key, below := range methods {
			if get != nil && key != "get" {
				get[key] = below
				delete(methods, key)
			}
		}
	}
	return v
}

func TestSamplesAreRead(t *testing.T) {
	samples, err := samplesOf(referenceFile(t, "apigw-v1.0-reference.zh.txt"))
	if err != nil {
		t.Fatal(err)
	}
	requests, responses := 0, 0
	for _, s := range samples {
		if s.request != nil {
			requests++
		}
		if s.response != nil {
			responses++
		}
		if len(s.repairs) > 0 {
			t.Logf("%s: %s", s.section, strings.Join(s.repairs, "; "))
		}
	}
	if requests != 37 || responses != 81 {
		t.Errorf("%d request samples and %d response samples", requests, responses)
	}
}

func TestBrokenSamplesAreMended(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"as it should be", "```\n{\"a\": [1, {\"b\": null}]}\n```", `map[a:[1 map[b:<nil>]]]`},
		{"a page ends inside a value", "```\n{\"a\": 1,\n```\n```\n\"b\": 2}\n```", `map[a:1 b:2]`},
		{"a bracket closed too early", "```\n{\"a\": 1,\n}\n```\n```\n\"b\": 2}\n```", `map[a:1 b:2]`},
		{"three of them, and a comma", "```\n{\"a\": [{\"b\": 1}]}\n```\n```\n\"c\": 2}, {\"b\": 3}]}\n```", `map[a:[map[b:1 c:2] map[b:3]]]`},
		{"a bracket opened twice", "```\n{\"a\": [{\"b\": 1}],\n{\n```\n```\n{\"b\": 2}\n```", `map[a:[map[b:1] map[b:2]]]`},
		{"no last brackets", "```\n{\"a\": [{\"b\": 1\n```", `map[a:[map[b:1]]]`},
		{"a comma too many", "```\n{\"a\": [1,], \"b \": true,}\n```", `map[a:[1] b:true]`},
		{"the wrong bracket", "```\n{\"a\": [{\"b\": 1}}, \"c\": 2}\n```", `map[a:[map[b:1]] c:2]`},
		{"lost levels", "```\n{\"swagger\": \"2.0\", \"paths\": {\"/x\": {\"get\": {}, \"schemes\": 1}, \"responses\": 2}}\n```",
			`map[paths:map[/x:map[get:map[schemes:1]]] responses:2 swagger:2.0]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			samples, err := samplesOf("4.1.2 x\n响应消息样例：\n" + tt.text + "\n")
			if err != nil || len(samples) != 1 {
				t.Fatalf("%d samples, %v", len(samples), err)
			}
			if got := fmt.Sprint(samples[0].response); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	for _, bad := range []string{"{\"a\" 1}", "{a: 1}", "[1 2]", "{\"a\": 1} x", "", "{\"a", "{\"a\": nil}"} {
		if v, _, err := readLenient(bad); err == nil {
			t.Errorf("%q was read as %v", bad, v)
		}
	}
}
