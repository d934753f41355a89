package message_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

// TestPlainIsPlain: what is said to be plain has nothing to escape, and both readings
// of a path or a query are one.
func TestPlainIsPlain(t *testing.T) {
	const chars = "abcXYZ019-._~/=&%+:@!é 41"
	paths, queries := 0, 0
	for range 100_000 {
		text := make([]byte, rand.IntN(30))
		few := 3 + rand.IntN(len(chars)-2) // of the first ones only
		for i := range text {
			text[i] = chars[rand.IntN(few)]
		}
		raw := string(text)

		want, wantErr := message.CanonicalPath("/" + raw)
		path, plain, err := message.ReadPath("/" + raw)
		if path != want || (err == nil) != (wantErr == nil) || plain && !message.PlainPath(path) {
			t.Fatalf("path /%s: %q, plain %v, %v; want %q, %v", raw, path, plain, err, want, wantErr)
		}
		if plain {
			paths++
		}

		wantPairs, wantErr := message.ParseQuery(nil, raw)
		pairs, unescaped, err := message.ReadQuery(nil, raw)
		if len(pairs) != len(wantPairs) || (err == nil) != (wantErr == nil) {
			t.Fatalf("query %s: %v, %v; want %v, %v", raw, pairs, err, wantPairs, wantErr)
		}
		all := err == nil
		for i, p := range pairs {
			all = all && message.AllUnreserved(p.Name) && message.AllUnreserved(p.Value)
			if p != wantPairs[i] {
				t.Fatalf("query %s: %v, want %v", raw, pairs, wantPairs)
			}
		}
		if unescaped && !all {
			t.Fatalf("query %s is said to be unescaped: %v", raw, pairs)
		}
		if !strings.ContainsAny(raw, "%+") && all && !unescaped {
			t.Fatalf("query %s: nobody is told that it is unescaped", raw)
		}
		if unescaped && strings.Contains(raw, "=") {
			queries++
		}
	}
	if paths < 1000 || queries < 1000 {
		t.Errorf("only %d paths and %d queries were plain, which leaves little tested", paths, queries)
	}
}

// TestAppendLines: the lines are those that anybody would write, for names and values
// of every length, and nothing is touched before them or behind the room that they
// were given. Under the race detector every word that is read or written is besides
// checked to lie in one object.
func TestAppendLines(t *testing.T) {
	const before, canary = "begun", 0xa5
	for range 20_000 {
		var l message.Layout
		var fields message.Fields
		for range 1 + rand.IntN(6) {
			value := make([]byte, rand.IntN(40)) // an object of its own
			for i := range value {
				value[i] = byte('!' + rand.IntN('~'-'!'+1))
			}
			fields = append(fields, message.Field{Name: strings.Repeat("n", 1+rand.IntN(40)), Value: string(value)})
		}
		l.Learn(fields)
		named, list, want := l.Room(), "", before
		for range 1 + rand.IntN(6) {
			i := rand.IntN(len(fields))
			if list != "" {
				list += ";"
			}
			named = append(named, message.Named{Begin: uint16(len(list)), End: uint16(len(list) + len(fields[i].Name)), Field: uint8(i)})
			list += fields[i].Name
			want += "\n" + fields[i].Name + ":" + fields[i].Value
		}
		want += "\n\n" + list + "\n"
		l.Place(list, named)

		whole := make([]byte, len(want)+100)
		for i := range whole {
			whole[i] = canary
		}
		copy(whole, before)
		room := rand.IntN(50) // behind the lines: too little, just enough, more
		got, ok := l.AppendLines(whole[:len(before):len(want)+room], fields)
		if !ok || string(got) != want {
			t.Fatalf("%v signed by %q: %v\n%q, want\n%q", fields, list, ok, got, want)
		}
		for i, c := range whole[len(want)+room:] {
			if c != canary {
				t.Fatalf("byte %d behind the room was written", i)
			}
		}
		l.Frame("<", ">")
		if at := l.Framed("head<"+list+">tail", 4); at != 4 {
			t.Fatalf("%q is not found in a text: %d", list, at)
		}
		for _, text := range []string{"", "<" + list + ">", "head<" + list + ">tai", "head<" + list + ">tail.", "head" + list + ">tail", "<x" + list[1:] + ">tail"} {
			if at := l.Framed(text, 4); at >= 0 && text != "<"+list+">tail" {
				t.Fatalf("%q is found in %q: %d", list, text, at)
			}
		}

		i := named[rand.IntN(len(named))].Field
		fields[i].Value += string([]byte{" \t\x00\x7f\x80\xc2\xff"[rand.IntN(7)]})
		if got, ok := l.AppendLines(whole[:len(before)], fields); ok || string(got) != before {
			t.Fatalf("%q may have to be trimmed, and was written: %q", fields[i].Value, got)
		}
	}
	var none message.Layout
	if got, ok := none.AppendLines([]byte(before), nil); ok || string(got) != before {
		t.Errorf("a layout without places writes %q", got)
	}
	if (*message.Layout)(nil).Framed("a", 0) >= 0 || none.Framed("", 0) >= 0 {
		t.Error("no layout knows a list")
	}
}
