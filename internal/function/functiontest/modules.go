package functiontest

// Echo answers its event.
func Echo() []byte {
	return Build(Program{Memory: 1, Body: join(
		loop(
			store(0, 1024), store(4, 32768), // where to read to, how much at most
			i32(0), i32(0), i32(1), i32(8), call(fdRead), drop,
			i32(8), load, eqz, when(ret),
			store(16, 1024), i32(20), i32(8), load, storeTop, // what was read, and how much
			i32(1), i32(16), i32(1), i32(24), call(fdWrite), drop,
			again,
		),
	)})
}

// Says answers a text whatever it is asked, and writes another one to its log.
func Says(text, log string) []byte {
	return Build(Program{Memory: 2, Data: text + log, Body: join(
		write(1, dataAt, len(text)), write(2, dataAt+len(text), len(log)),
	)})
}

// Exits ends with a code.
func Exits(code int) []byte {
	return Build(Program{Memory: 1, Data: "about to end", Body: join(
		write(2, dataAt, len("about to end")), i32(code), call(procExit),
	)})
}

// Traps runs into an instruction that must not be reached.
func Traps() []byte { return Build(Program{Memory: 1, Body: trap}) }

// Loops never ends.
func Loops() []byte { return Build(Program{Memory: 1, Body: loop(again)}) }

// Recurses without end.
func Recurses() []byte { return Build(Program{Memory: 1, Body: call(own)}) }

// Sleeps for a time without using a processor, and answers a text.
func Sleeps(ms int, text string) []byte {
	const clock, subscription = 1, 256
	ns := uint64(ms) * 1_000_000
	data := make([]byte, 48)
	data[16] = clock // monotonic
	for i := range 8 {
		data[24+i] = byte(ns >> (8 * i))
	}
	return Build(Program{Memory: 1, Data: text, More: string(data), MoreAt: subscription, Body: join(
		i32(subscription), i32(512), i32(1), i32(600), call(pollOneoff), drop, write(1, dataAt, len(text)),
	)})
}

// Grows takes memory, page by page, until it gets none, and then fails.
func Grows() []byte {
	return Build(Program{Memory: 1, Body: join(
		loop(i32(1), grow, i32(-1), same, when(trap), again),
	)})
}

// Floods writes to a descriptor without end.
func Floods(fd int) []byte {
	return Build(Program{Memory: 2, Body: loop(write(fd, 0, 65536), again)})
}

// Wants needs that many pages of memory, of 64 KB, to start.
func Wants(pages int) []byte { return Build(Program{Memory: pages}) }

// Imports a function of a module.
func Imports(from, name string) []byte {
	return Build(Program{Memory: 1, Import: [2]string{from, name}})
}

// Nested has blocks in blocks, that deep.
func Nested(depth int) []byte {
	var body []byte
	for range depth {
		body = append(body, 0x02, 0x40)
	}
	for range depth {
		body = append(body, 0x0b)
	}
	return Build(Program{Memory: 1, Body: body})
}

// Long has a function of that many additions to a local, each in a block of its
// own, and that many locals.
func Long(n, locals int) []byte {
	var body []byte
	for i := range n {
		l := uleb(uint64(i % locals))
		body = append(body, 0x02, 0x40, 0x20)
		body = append(body, l...)
		body = append(body, 0x0d, 0x00, 0x20)
		body = append(body, l...)
		body = append(body, 0x41, 0x01, 0x6a, 0x21)
		body = append(body, l...)
		body = append(body, 0x0b)
	}
	return Build(Program{Memory: 1, Locals: locals, Body: body})
}

// Locals declares that many locals in each of that many functions.
func Locals(functions, locals int) []byte {
	return Build(Program{Memory: 1, Locals: locals, Copies: functions})
}

// NoEntry exports nothing that could be called.
func NoEntry() []byte { return Build(Program{Memory: 1, NoEntry: true}) }

// Table has a table of that many elements.
func Table(elements int) []byte { return Build(Program{Memory: 1, Table: elements}) }

// Branches calls itself twice, and each of these twice, that deep: 2 to the
// power of depth calls without a loop, and with a stack of depth frames.
func Branches(depth int) []byte {
	// Global 0 is the depth. if depth != 0 { depth--; self; self; depth++ }
	return Build(Program{Memory: 1, Global: depth, Body: join(
		globalGet, when(
			globalGet, i32(1), subtract, globalSet,
			call(own), call(own),
			globalGet, i32(1), add, globalSet,
		),
	)})
}

// Fills writes its memory of that many pages, and again, that often, without a
// loop.
func Fills(pages, times int) []byte {
	var body []byte
	for range times {
		body = join(body, i32(0), i32(0x5a), i32(pages<<16), fill)
	}
	return Build(Program{Memory: pages, Body: body})
}

// Leaves answers whether a byte of its memory is set, "clean" or "dirty", and
// sets all of its memory, beyond what stands there at first, of that many pages.
// grown more pages are taken first.
func Leaves(pages, grown int) []byte {
	const at = 8192 // behind the texts
	all := (pages + grown) << 16
	return Build(Program{Memory: pages, Data: "cleandirty", Locals: 1, Body: join(
		i32(grown), grow, drop,
		i32(at), localSet,
		loop(
			localGet, load, eqz, eqz, when(write(1, dataAt+5, 5), ret),
			localGet, i32(4), add, localTee,
			i32(all), below, []byte{0x0d, 0}, // br_if: again
		),
		i32(at), i32(0x5a), i32(all-at), fill,
		globalGet, eqz, eqz, when(write(1, dataAt+5, 5), ret),
		i32(1), globalSet,
		write(1, dataAt, 5),
	)})
}

// Asks calls the host that often, or without end when times is 0.
func Asks(times int) []byte {
	ask := join(store(4, 0), i32(0), i32(0), i32(0), i32(8), call(fdRead), drop)
	if times == 0 {
		return Build(Program{Memory: 1, Body: loop(ask, again)})
	}
	var body []byte
	for range times {
		body = join(body, ask)
	}
	return Build(Program{Memory: 1, Body: body})
}

// Padded is a module of that many bytes, most of them a custom section.
func Padded(size int) []byte {
	module := Build(Program{Memory: 1})
	return append(module, section(0, [][]byte{make([]byte, size)})...)
}

// Moves fills its memory of that many pages with 32 KB after 32 KB of their own
// numbers, copies n bytes from one place to another, and answers the memory.
func Moves(pages, to, from, n int) []byte {
	const counter = 16
	return Build(Program{Memory: pages, Locals: 1, Body: join(
		loop(
			localGet, localGet, i32(15), shiftRight, i32(255), and, i32(1<<15), fill,
			localGet, i32(1<<15), add, localTee, i32(pages<<16), below, []byte{0x0d, 0},
		),
		i32(to), i32(from), i32(n), memoryCopy,
		store(counter, 1024), store(counter+4, pages<<16-1024), i32(1), i32(counter), i32(1), i32(24), call(fdWrite), drop,
	)})
}

// FillsAt fills n bytes from a place on.
func FillsAt(pages, at, n int) []byte {
	return Build(Program{Memory: pages, Body: join(i32(at), i32(7), i32(n), fill)})
}
