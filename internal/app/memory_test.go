package app

import (
	"os"
	"testing"
)

func TestMemoryTotal(t *testing.T) {
	const meminfo = "MemTotal:       2048 kB\nMemFree: 1 kB\n"
	for _, test := range []struct {
		files map[string]string
		want  int64
	}{
		{nil, 0},
		{map[string]string{"/proc/meminfo": meminfo}, 2 << 20},
		{map[string]string{"/proc/meminfo": meminfo, "/sys/fs/cgroup/memory.max": "max\n"}, 2 << 20},
		{map[string]string{"/proc/meminfo": meminfo, "/sys/fs/cgroup/memory.max": "1048576\n"}, 1 << 20},
		{map[string]string{"/proc/meminfo": meminfo, "/sys/fs/cgroup/memory.max": "9999999999\n"}, 2 << 20},
		{map[string]string{"/proc/meminfo": "MemTotal: many kB", "/sys/fs/cgroup/memory.max": "4096"}, 4096},
	} {
		got := memoryTotal(func(name string) ([]byte, error) {
			if s, ok := test.files[name]; ok {
				return []byte(s), nil
			}
			return nil, os.ErrNotExist
		})
		if got != test.want {
			t.Errorf("%v: %d, want %d", test.files, got, test.want)
		}
	}
}
