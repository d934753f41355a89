package store

import (
	"context"
	"database/sql"
)

const (
	// maxPrepared bounds the statements that the writer of SQLite keeps. Each
	// holds a few kilobytes of program, one of 256 rows some hundred.
	maxPrepared = 128
	// maxSeen bounds the texts of which it is known that they came once.
	maxSeen = 512
	// maxPreparedText bounds, in bytes, the texts that are kept.
	maxPreparedText = 16 << 10
)

// prepared keeps statements of SQLite's writer that come back, so that they are
// not parsed each time: a fifth of the time of a batch of quota claims. They
// are made and closed between transactions, by whoever has the writer; SQLite
// itself makes them anew after a change of the schema, and they end with the
// pool. A nil one keeps nothing.
type prepared struct {
	pool *sql.DB
	kept map[string]*keptStatement
	uses int64 // counts uses; the smallest is the oldest
	seen map[string]bool
	want []string // came back in the transaction under way
}

type keptStatement struct {
	*sql.Stmt
	last int64
}

func newPrepared(pool *sql.DB) *prepared {
	return &prepared{pool: pool, kept: map[string]*keptStatement{}, seen: map[string]bool{}}
}

// of answers the statement of a text, or nil when it is not kept.
func (p *prepared) of(text string) *sql.Stmt {
	if s, ok := p.kept[text]; ok {
		p.uses++
		s.last = p.uses
		return s.Stmt
	}
	switch {
	case len(text) > maxPreparedText:
	case p.seen[text]:
		delete(p.seen, text)
		p.want = append(p.want, text)
	default:
		if len(p.seen) >= maxSeen {
			clear(p.seen)
		}
		p.seen[text] = true
	}
	return nil
}

// learn prepares what came back. One that cannot be prepared was refused when
// it ran, or will be; it is nobody's fault here.
func (p *prepared) learn(ctx context.Context) {
	if p == nil || len(p.want) == 0 {
		return
	}
	for _, text := range p.want {
		if p.kept[text] != nil {
			continue // came four times
		}
		s, err := p.pool.PrepareContext(ctx, text)
		if err != nil {
			continue
		}
		if len(p.kept) >= maxPrepared {
			p.forget()
		}
		p.uses++
		p.kept[text] = &keptStatement{s, p.uses}
	}
	p.want = p.want[:0]
}

// forget closes the statement that was not used for the longest time.
func (p *prepared) forget() {
	var oldest string
	for text, s := range p.kept {
		if oldest == "" || s.last < p.kept[oldest].last {
			oldest = text
		}
	}
	_ = p.kept[oldest].Close() // the text may be parsed again, that is all
	delete(p.kept, oldest)
}
