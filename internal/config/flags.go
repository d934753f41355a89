package config

import (
	"strings"

	"github.com/spf13/pflag"
)

// Flags adds a flag for every setting that may be one.
func Flags(fs *pflag.FlagSet) {
	for i := range table {
		s := &table[i]
		if s.noFlag {
			continue
		}
		help := s.help
		if s.shown != "" {
			help += " (default: " + s.shown + ")"
		}
		flag := fs.VarPF(&flagValue{kind: s.kind}, s.name, "", help)
		flag.DefValue = s.fallback
		if s.kind == boolean {
			flag.NoOptDefVal = "true"
		}
	}
}

// flagValue keeps what was given without judging it, so that bad flags are
// reported together with everything else.
type flagValue struct {
	kind  kind
	given []string
}

func (v *flagValue) Set(raw string) error {
	v.given = append(v.given, raw)
	return nil
}

func (v *flagValue) String() string { return strings.Join(v.given, ",") }

// Type is the word that usage texts show behind the flag; pflag prints the
// default of "bool" and "string" in its own way.
func (v *flagValue) Type() string {
	switch v.kind {
	case boolean:
		return "bool"
	case list, pairs:
		return "list"
	}
	return "string"
}

func fromFlags(fs *pflag.FlagSet) []given {
	var out []given
	if fs == nil {
		return nil
	}
	for i := range table {
		s := &table[i]
		flag := fs.Lookup(s.name)
		if flag == nil || !flag.Changed {
			continue
		}
		v, ours := flag.Value.(*flagValue)
		if !ours {
			continue
		}
		raws := v.given
		if !s.many() {
			raws = raws[len(raws)-1:] // given twice, the last one counts, as everywhere
		}
		out = append(out, given{s, s.split(value{source: "flag --" + s.name}, raws...)})
	}
	return out
}

func fromEnvironment(environ []string) []given {
	set := map[string]string{}
	for _, pair := range environ {
		if name, raw, ok := strings.Cut(pair, "="); ok {
			set[name] = raw
		}
	}
	var out []given
	for i := range table {
		s := &table[i]
		if raw := set[s.env()]; raw != "" {
			out = append(out, given{s, s.split(value{source: "environment " + s.env()}, raw)})
		}
	}
	return out
}

func (s *setting) many() bool { return s.kind == list || s.kind == pairs }

// split makes the elements of a list out of comma separated text; a single
// value stays as it is. Each is like at, with its own text.
func (s *setting) split(at value, raws ...string) []value {
	var out []value
	for _, raw := range raws {
		if !s.many() {
			at.raw = raw
			out = append(out, at)
			continue
		}
		for one := range strings.SplitSeq(raw, ",") {
			at.raw = strings.TrimSpace(one)
			out = append(out, at)
		}
	}
	return out
}
