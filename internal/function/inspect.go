package function

import (
	"bytes"
)

// What a module may have. The compiler's cost is in no proportion to the bytes
// of a module that declares a billion locals in five of them, so these are
// counted before it sees the module. What compilers of Go, Rust, C and TinyGo
// produce stays far below.
const (
	// MaxModule is the size of a module in bytes.
	MaxModule = 8 << 20

	maxTypes      = 10_000
	maxArity      = 256 // parameters, and results, of one type
	maxImports    = 256
	maxFunctions  = 65_536
	maxBody       = 256 << 10 // bytes of one function
	maxLocals     = 4096      // of one function
	maxAllLocals  = 1 << 20
	maxJumps      = 12_000  // places where control meets, in one function
	maxCost       = 4 << 20 // jumps of all functions, times what is kept for each
	maxTable      = 1 << 18 // elements
	maxExports    = 10_000
	maxSegments   = 65_536
	maxNameLength = 1024

	// host is the one module that may be imported.
	host = "wasi_snapshot_preview1"
	// entry is what a WASI command exports.
	entry = "_start"
)

// shape is what inspect learned of a module.
type shape struct {
	Size     int
	MemoryMB int // that it starts with, rounded up
}

// inspect reads the frame of a module, not its instructions, and refuses what
// would cost too much, or could not run here. Its own cost is that of one pass
// over the module, and it allocates next to nothing. The compiler validates the
// rest.
func inspect(binary []byte) (*shape, error) {
	s := &shape{Size: len(binary)}
	if len(binary) > MaxModule {
		return nil, fault(Module, "the module has %d bytes; %d are allowed", len(binary), MaxModule)
	}
	rest, ok := bytes.CutPrefix(binary, []byte("\x00asm\x01\x00\x00\x00"))
	if !ok {
		return nil, fault(Module, "these are not the bytes of a WebAssembly module of version 1")
	}
	r := &reader{rest: rest}
	exported, seen := false, 0
	var params []uint16 // of each type
	var kinds []uint32  // the type of each function
	for len(r.rest) > 0 && r.err == nil {
		id := r.byte()
		body := r.bytes(r.u32())
		if r.err != nil {
			break
		}
		if id == 0 { // custom: names, debug information
			continue
		}
		if order(id) <= seen {
			return nil, fault(Module, "section %d of the module stands twice, or in a wrong place", id)
		}
		seen = order(id)
		section := &reader{rest: body}
		switch id {
		case 1:
			params = section.types()
		case 2:
			section.imports()
		case 3:
			kinds = section.functions()
		case 4:
			section.tables()
		case 5:
			s.MemoryMB = section.memory()
		case 7:
			exported = section.exports()
		case 6, 9, 11:
			section.count("globals, elements or data segments", maxSegments)
		case 10:
			section.code(params, kinds)
		}
		if section.err != nil {
			return nil, section.err
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	if !exported {
		return nil, fault(Module, "the module exports no function %q: build it as a WASI command (GOOS=wasip1, wasm32-wasip1)", entry)
	}
	return s, nil
}

// order is where a section must stand: the count of data segments (12) stands
// before the code (10), tags (13) are not supported and left to the compiler.
func order(id byte) int {
	switch id {
	case 10:
		return 11
	case 11:
		return 12
	case 12:
		return 10
	default:
		return int(id)
	}
}

// reader reads the binary format and keeps the first fault.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fault(Module, format, args...)
		r.rest = nil
	}
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		r.fail("the module ends too early")
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *reader) bytes(n uint32) []byte {
	if uint64(n) > uint64(len(r.rest)) {
		r.fail("the module ends too early")
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// u32 reads a LEB128 number.
func (r *reader) u32() uint32 {
	var n uint64
	for shift := 0; shift < 35; shift += 7 {
		b := r.byte()
		n |= uint64(b&0x7f) << shift
		if b&0x80 == 0 {
			if n > 1<<32-1 {
				break
			}
			return uint32(n)
		}
	}
	r.fail("the module has a number that is too large")
	return 0
}

// count reads how many entries a section has.
func (r *reader) count(what string, most uint32) uint32 {
	n := r.u32()
	if n > most {
		r.fail("the module has %d %s; %d are allowed", n, what, most)
		return 0
	}
	return n
}

func (r *reader) name() []byte {
	n := r.u32()
	if n > maxNameLength {
		r.fail("the module has a name of %d bytes; %d are allowed", n, maxNameLength)
		return nil
	}
	return r.bytes(n)
}

func (r *reader) types() (params []uint16) {
	for range r.count("types", maxTypes) {
		if r.byte() != 0x60 {
			r.fail("the module has a type that is not a function's")
		}
		n := r.count("parameters of one type", maxArity)
		r.bytes(n)
		r.bytes(r.count("results of one type", maxArity))
		if r.err != nil {
			return nil
		}
		params = append(params, uint16(n))
	}
	return params
}

func (r *reader) functions() (kinds []uint32) {
	for range r.count("functions", maxFunctions) {
		kinds = append(kinds, r.u32())
		if r.err != nil {
			return nil
		}
	}
	return kinds
}

func (r *reader) imports() {
	for range r.count("imports", maxImports) {
		from, name := r.name(), r.name()
		if r.err != nil {
			return
		}
		if string(from) != host || r.byte() != 0 {
			r.fail("the module imports %s; only functions of %s are there", clip(string(from)+"."+string(name)), host)
			return
		}
		if r.u32(); !supported(string(name)) {
			r.fail("the module imports %s, which %s does not have", clip(string(name)), host)
		}
	}
}

// limits reads the smallest size of a table or a memory.
func (r *reader) limits() uint32 {
	flags, least := r.byte(), r.u32()
	switch flags {
	case 0:
	case 1:
		r.u32()
	default:
		r.fail("the module has a shared or a 64-bit memory, which is not supported")
	}
	return least
}

func (r *reader) tables() {
	for range r.count("tables", 1) {
		r.byte() // what it holds: the compiler knows
		if n := r.limits(); n > maxTable {
			r.fail("the module has a table of %d elements; %d are allowed", n, maxTable)
		}
	}
}

func (r *reader) memory() (megabytes int) {
	const pagesPerMB = 16
	for range r.count("memories", 1) {
		megabytes = (int(r.limits()) + pagesPerMB - 1) / pagesPerMB
	}
	return megabytes
}

func (r *reader) exports() (found bool) {
	for range r.count("exports", maxExports) {
		name := r.name()
		kind := r.byte()
		r.u32()
		if r.err != nil {
			return false
		}
		found = found || string(name) == entry && kind == 0
	}
	return found
}

func (r *reader) code(params []uint16, kinds []uint32) {
	all, cost := 0, 0
	for i := range r.count("functions", maxFunctions) {
		size := r.u32()
		if size > maxBody {
			r.fail("function %d of the module has %d bytes; %d are allowed", i, size, maxBody)
		}
		body := &reader{rest: r.bytes(size)}
		if r.err != nil {
			return
		}
		if int(i) >= len(kinds) || int(kinds[i]) >= len(params) {
			r.fail("function %d of the module has no type", i)
			return
		}
		locals := body.locals()
		jumps := body.walk().jumps
		if body.err != nil {
			r.err, r.rest = body.err, nil
			return
		}
		if jumps > maxJumps {
			r.fail("function %d of the module has %d jumps; %d are allowed", i, jumps, maxJumps)
		}
		if all += locals; all > maxAllLocals {
			r.fail("the functions of the module have more than %d locals together", maxAllLocals)
		}
		// Measured: the compiler takes 2 µs for each local at each jump, and a
		// 256th of that for each other jump of the function.
		if cost += jumps * (locals + int(params[kinds[i]]) + jumps/256); cost > maxCost {
			r.fail("function %d of the module has %d jumps and %d locals, which together with the functions before it is too much to compile", i, jumps, locals)
		}
	}
}

func (r *reader) locals() int {
	locals := uint64(0)
	for range r.count("groups of locals of one function", maxLocals) {
		locals += uint64(r.u32())
		r.byte()
	}
	if locals > maxLocals {
		r.fail("a function of the module has %d locals; %d are allowed", locals, maxLocals)
	}
	return int(locals)
}
