package route

import (
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
)

// Table returns the finished table. The builder may go on to be used.
func (b *Builder[T]) Table() *Table[T] {
	p := packer[T]{
		from:  b,
		to:    &Table[T]{seed: maphash.MakeSeed()},
		words: make(map[string]uint32),
		lists: make(map[string]*[]param),
	}
	p.to.nodes = make([]node, 1, len(b.nodes))
	p.to.routes = make([]entry[T], 0, len(b.routes)-1)
	p.below(0, 0)
	p.to.words = p.text.String()
	p.hash()
	return p.to
}

// packer copies a builder's tree into a table.
type packer[T any] struct {
	from     *Builder[T]
	to       *Table[T]
	text     strings.Builder
	words    map[string]uint32   // where in text
	lists    map[string]*[]param // by their spelling
	params   []param
	spelling []byte
	hashed   int // children of wide nodes
}

// below copies the routes of a node and then its children, side by side, and
// what is below each of them in turn. It is as deep as MaxSegments.
func (p *packer[T]) below(old, id uint32) {
	from := &p.from.nodes[old]
	p.ends(from, id)
	first := uint32(len(p.to.nodes))
	at := first
	for child := from.first; child != 0; child = p.from.nodes[child].next {
		text := p.from.nodes[child].text
		p.to.longest = max(p.to.longest, len(text))
		p.to.nodes = append(p.to.nodes, node{word: p.word(text), size: uint32(len(text)), parent: id})
	}
	many := uint32(len(p.to.nodes)) - first
	p.to.nodes[id].first, p.to.nodes[id].many = first, many
	if many > wide {
		p.hashed += int(many)
	}
	variable := uint32(0)
	if from.child != 0 {
		variable = uint32(len(p.to.nodes))
		p.to.nodes = append(p.to.nodes, node{parent: id})
		p.to.nodes[id].variable = variable
	}
	for child := from.first; child != 0; child = p.from.nodes[child].next {
		p.below(child, at)
		at++
	}
	if from.child != 0 {
		p.below(from.child, variable)
	}
}

// ends copies the routes that end at one node, in the order of their bits.
func (p *packer[T]) ends(from *branch, id uint32) {
	at := &p.to.nodes[id]
	at.routes = uint32(len(p.to.routes))
	for e, head := range from.ends {
		for m := method(1); m <= anyMethod; m++ {
			for i := head; i != 0; i = p.from.routes[i].next {
				if r := p.from.routes[i]; r.method == m {
					at.ends[e] |= m.bit()
					p.to.routes = append(p.to.routes, entry[T]{value: r.value, params: p.list(r.pattern)})
				}
			}
		}
	}
}

// hash makes the index of the children of wide nodes.
func (p *packer[T]) hash() {
	t := p.to
	if p.hashed == 0 {
		return
	}
	size, shift := 4, uint8(30)
	for size/3*2 < p.hashed {
		size, shift = size*2, shift-1
	}
	t.index, t.shift = make([]slot, size), shift
	mask := uint32(size - 1)
	for id := range t.nodes {
		at := &t.nodes[id]
		if at.many <= wide {
			continue
		}
		for child := at.first; child < at.first+at.many; child++ {
			c := &t.nodes[child]
			tag := tagOf(t.seed, uint32(id), t.words[c.word:c.word+c.size])
			i := tag >> shift
			for t.index[i&mask].child != 0 {
				i++
			}
			t.index[i&mask] = slot{tag: tag, child: child}
		}
	}
}

// word stores a literal once.
func (p *packer[T]) word(text string) uint32 {
	at, ok := p.words[text]
	if !ok {
		at = uint32(p.text.Len())
		p.text.WriteString(text)
		p.words[text] = at
	}
	return at
}

// list returns the variables of a template, each list once: most APIs of an
// installation share a few.
func (p *packer[T]) list(pattern string) *[]param {
	p.params = params(p.params[:0], pattern)
	if len(p.params) == 0 {
		return nil
	}
	p.spelling = p.spelling[:0]
	for _, v := range p.params {
		p.spelling = strconv.AppendInt(p.spelling, int64(v.skip), 10)
		p.spelling = append(p.spelling, '{')
		p.spelling = append(p.spelling, v.name...)
		if v.several {
			p.spelling = append(p.spelling, '+')
		}
	}
	shared, ok := p.lists[string(p.spelling)]
	if !ok {
		own := slices.Clone(p.params)
		for i := range own {
			own[i].name = strings.Clone(own[i].name) // not a slice of the definition
		}
		shared = &own
		p.lists[string(p.spelling)] = shared
	}
	return shared
}
