package functiontest

// Program is what Build makes a module of.
type Program struct {
	Memory  int    // pages of 64 KB
	Body    []byte // instructions of the entry
	Data    string // stands at dataAt
	More    string // stands at MoreAt
	MoreAt  int
	Locals  int // of each function, of 32 bits
	Copies  int // more functions without instructions
	Import  [2]string
	NoEntry bool
	Table   int
	Global  int // what the one global, of 32 bits, begins with
}

const (
	dataAt = 4096
	wasi   = "wasi_snapshot_preview1"
)

// Indexes of the imported functions; own is the entry.
const (
	fdRead = iota
	fdWrite
	procExit
	pollOneoff
	own
)

// Build assembles a module.
func Build(p Program) []byte {
	imports := [][]byte{
		imported(wasi, "fd_read", 0), imported(wasi, "fd_write", 0), imported(wasi, "proc_exit", 1), imported(wasi, "poll_oneoff", 0),
	}
	entry := own
	if p.Import[0] != "" {
		imports = append(imports, imported(p.Import[0], p.Import[1], 2))
		entry++
	}
	functions, bodies := [][]byte{{2}}, [][]byte{body(p.Locals, p.Body)}
	for range p.Copies {
		functions, bodies = append(functions, []byte{2}), append(bodies, body(p.Locals, nil))
	}
	out := []byte("\x00asm\x01\x00\x00\x00")
	out = append(out, section(1, [][]byte{
		{0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f}, // fd_read, fd_write, poll_oneoff
		{0x60, 1, 0x7f, 0},                         // proc_exit
		{0x60, 0, 0},                               // the entry
	})...)
	out = append(out, section(2, imports)...)
	out = append(out, section(3, functions)...)
	if p.Table > 0 {
		out = append(out, section(4, [][]byte{append([]byte{0x70, 0x00}, uleb(uint64(p.Table))...)})...)
	}
	out = append(out, section(5, [][]byte{append([]byte{0x00}, uleb(uint64(p.Memory))...)})...)
	out = append(out, section(6, [][]byte{join([]byte{0x7f, 0x01}, i32(p.Global), []byte{0x0b})})...)
	exports := [][]byte{append(text("memory"), 2, 0)}
	if !p.NoEntry {
		exports = append(exports, append(text("_start"), append([]byte{0}, uleb(uint64(entry))...)...))
	}
	out = append(out, section(7, exports)...)
	out = append(out, section(10, bodies)...)
	var data [][]byte
	for _, d := range []struct {
		at   int
		text string
	}{{dataAt, p.Data}, {p.MoreAt, p.More}} {
		if d.text != "" {
			data = append(data, join([]byte{0}, i32(d.at), []byte{0x0b}, text(d.text)))
		}
	}
	return append(out, section(11, data)...)
}

func imported(from, name string, kind byte) []byte {
	return join(text(from), text(name), []byte{0, kind})
}

func section(id byte, entries [][]byte) []byte {
	content := uleb(uint64(len(entries)))
	for _, e := range entries {
		content = append(content, e...)
	}
	return join([]byte{id}, uleb(uint64(len(content))), content)
}

func body(locals int, code []byte) []byte {
	content := []byte{0}
	if locals > 0 {
		content = join([]byte{1}, uleb(uint64(locals)), []byte{0x7f})
	}
	content = join(content, code, []byte{0x0b})
	return join(uleb(uint64(len(content))), content)
}

func text(s string) []byte { return append(uleb(uint64(len(s))), s...) }

func uleb(n uint64) (out []byte) {
	for {
		b := byte(n & 0x7f)
		if n >>= 7; n == 0 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}

func sleb(n int) (out []byte) {
	for {
		b := byte(n & 0x7f)
		n >>= 6
		if n == 0 || n == -1 {
			return append(out, b)
		}
		n >>= 1
		out = append(out, b|0x80)
	}
}

// Instructions.
var (
	drop     = []byte{0x1a}
	load     = []byte{0x28, 2, 0}
	storeTop = []byte{0x36, 2, 0}
	eqz      = []byte{0x45}
	same     = []byte{0x46}
	grow     = []byte{0x40, 0}
	ret      = []byte{0x0f}
	trap     = []byte{0x00}
	again    = []byte{0x0c, 0} // back to the loop
	add      = []byte{0x6a}
	subtract = []byte{0x6b}
	below    = []byte{0x49}
	fill     = []byte{0xfc, 11, 0}
	and      = []byte{0x71}

	shiftRight = []byte{0x76}
	memoryCopy = []byte{0xfc, 10, 0, 0}

	globalGet = []byte{0x23, 0}
	globalSet = []byte{0x24, 0}
	localGet  = []byte{0x20, 0}
	localSet  = []byte{0x21, 0}
	localTee  = []byte{0x22, 0}
)

func i32(n int) []byte { return append([]byte{0x41}, sleb(n)...) }

func call(index int) []byte { return append([]byte{0x10}, uleb(uint64(index))...) }

func store(at, value int) []byte { return join(i32(at), i32(value), storeTop) }

func loop(code ...[]byte) []byte { return join([]byte{0x03, 0x40}, join(code...), []byte{0x0b}) }

func when(code ...[]byte) []byte { return join([]byte{0x04, 0x40}, join(code...), []byte{0x0b}) }

// write writes bytes of the memory to a descriptor.
func write(fd, at, n int) []byte {
	return join(store(32, at), store(36, n), i32(fd), i32(32), i32(1), i32(40), call(fdWrite), drop)
}

func join(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
