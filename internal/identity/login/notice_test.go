package login

import (
	"strings"
	"testing"
)

func TestPrefersChinese(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "zh": true, "zh-CN": true, "ZH-cn,en;q=0.9": true, "en,zh": false, "en;q=0.5, zh;q=0.6": true, "zh;q=0": false,
		"fr, zh;q=0.1": true, "*": false, "zh;q=2": false, "zh;q=-1": false, "zh;q=NaN": false, "zh; q=1": true, "zhx": false,
		strings.Repeat("zh,", 100): false,
	} {
		if got := prefersChinese(header); got != want {
			t.Errorf("%.40q: %v", header, got)
		}
	}
}

func FuzzPrefersChinese(f *testing.F) {
	f.Add("zh-CN,zh;q=0.9,en;q=0.8")
	f.Add("en;q=1e309,zh;q=;;,=")
	f.Fuzz(func(t *testing.T, header string) {
		if prefersChinese(header) && !strings.Contains(strings.ToLower(header), "zh") {
			t.Errorf("%q asks for Chinese", header)
		}
	})
}
