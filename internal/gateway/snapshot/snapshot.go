package snapshot

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/beside"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// Options are what a Snapshot needs; all are required.
type Options struct {
	// Build makes the plan of an API. It is pure and may be called for records
	// that are never used.
	Build func(*definition.API) (*plan.Plan, error)
	// Callers takes the applications and grants.
	Callers *callers.Callers
	// Beside takes what lives beside APIs.
	Beside *beside.Beside
	// Open opens a sealed secret (secret.Sealer.Open).
	Open func(purpose, id string, sealed []byte) ([]byte, error)
}

// Snapshot is the executable state of a gateway. Group is safe for any number
// of concurrent calls, also during Apply; Apply and Check take turns.
type Snapshot struct {
	options Options
	hosts   *shard.Map[string, []*Group] // claims, newest group record first
	highest atomic.Uint64

	mu     sync.Mutex
	ledger *ledger
	groups map[string]*Group
	apis   map[string]*api // by the id of their key
	most   int             // the most that apis has held
	full   int             // how many records were live when Shrunk last said so, or more since
	broken map[definition.Key]Broken
}

// Broken is a record that could not be used.
type Broken struct {
	Key      definition.Key
	Revision uint64
	Err      error
}

// RecordError says which record could not be used and why.
type RecordError struct {
	Key      definition.Key
	Revision uint64
	Err      error
}

func (e *RecordError) Error() string {
	return fmt.Sprintf("record %s at revision %d: %v", e.Key, e.Revision, e.Err)
}

func (e *RecordError) Unwrap() error { return e.Err }

// New returns a snapshot that holds nothing.
func New(o Options) *Snapshot {
	return &Snapshot{
		options: o,
		hosts:   shard.New[string, []*Group](),
		ledger:  newLedger(),
		groups:  make(map[string]*Group),
		apis:    make(map[string]*api),
		broken:  make(map[definition.Key]Broken),
	}
}

// Group returns the group that host leads to, or nil. host is canonical.
func (s *Snapshot) Group(host string) *Group {
	claims, _ := s.hosts.Get(host)
	if len(claims) == 0 {
		return nil
	}
	return claims[0]
}

// Revision is the highest revision that was applied, broken records included:
// where to resume.
func (s *Snapshot) Revision() uint64 { return s.highest.Load() }

// Records lists the keys that are live and their revisions, without bodies,
// ordered by key. Who compares it with a complete list finds out what was deleted meanwhile.
func (s *Snapshot) Records() []definition.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []definition.Record
	for key, revision := range s.ledger.held {
		list = append(list, definition.Record{Key: key, Revision: revision})
	}
	for _, a := range s.apis {
		list = append(list, definition.Record{Key: a.key(), Revision: a.revision})
	}
	slices.SortFunc(list, func(a, b definition.Record) int { return compareKeys(a.Key, b.Key) })
	return list
}

// Len counts the records that are live, without listing them.
func (s *Snapshot) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ledger.held) + len(s.apis)
}

// worthGivingBack is how many records must have gone at least, about a kilobyte each,
// before Shrunk says so.
const worthGivingBack = 4096

// Shrunk reports, once each time, that a sixteenth of the live records was deleted since
// it last said so: time to give memory back. The collector itself waits until garbage is a
// multiple of what was live when it last ran, so that after a large deletion the heap
// first grows, and of what the runtime keeps about each piece of its largest heap it
// gives nothing back, ever: 86 % of what 100,000 APIs took was returned without this, 94 %
// with it. All collections of an installation that is taken down cost together what
// sixteen of the whole cost; at 50 changes a second those of 100,000 APIs come as
// often as the runtime collects by itself, every two minutes.
func (s *Snapshot) Shrunk() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	live := len(s.ledger.held) + len(s.apis)
	if s.full = max(s.full, live); s.full-live < max(worthGivingBack, s.full/16) {
		return false
	}
	s.full = live
	return true
}

// Broken lists the records that could not be used, ordered by key.
func (s *Snapshot) Broken() []Broken {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Broken, 0, len(s.broken))
	for _, b := range s.broken {
		list = append(list, b)
	}
	slices.SortFunc(list, func(a, b Broken) int { return compareKeys(a.Key, b.Key) })
	return list
}

func compareKeys(a, b definition.Key) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
}

// Apply takes a batch of records. Every usable record of it is served when
// Apply returns; the error joins a *RecordError for each that is not.
func (s *Snapshot) Apply(records []definition.Record) error {
	batch := slices.Clone(records)
	slices.SortStableFunc(batch, func(a, b definition.Record) int {
		return cmp.Or(cmp.Compare(place(a.Kind), place(b.Kind)), cmp.Compare(a.Revision, b.Revision))
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	c := newChange()
	s.takeAll(batch, c, false)
	return s.show(c)
}

// takeAll uses the records that are newer than what is held of their keys.
func (s *Snapshot) takeAll(batch []definition.Record, c *change, trusted bool) {
	for len(batch) > 0 {
		part := batch[:min(len(batch), chunk)]
		batch = batch[len(part):]
		results := c.room(part)
		s.make(part[:len(results)], results, trusted)
		for i, r := range part {
			m := &c.nothing
			if i < len(results) {
				m = &results[i]
			}
			s.ledger.highest = max(s.ledger.highest, r.Revision)
			switch {
			case r.Revision == 0:
				c.fail(&RecordError{r.Key, 0, errors.New("has no revision; only recorded definitions can be applied")})
			case s.newer(r.Key, r.Revision) && (len(s.broken) == 0 || s.broken[r.Key].Revision != r.Revision):
				if err := s.take(r, m, c); err != nil {
					c.fail(s.fail(r.Key, r.Revision, err))
				}
			}
		}
	}
}

// newer reports whether a record of this revision says something new. Of APIs, most
// of all records, the ledger knows only the deleted ones.
func (s *Snapshot) newer(key definition.Key, revision uint64) bool {
	if key.Kind == definition.KindAPI {
		if a := s.apis[key.ID]; a != nil {
			return revision > a.revision
		}
	}
	return s.ledger.newer(key, revision)
}

// show makes visible what was taken.
func (s *Snapshot) show(c *change) error {
	s.publish(c)
	s.ledger.floor = max(s.ledger.floor, c.floor)
	s.highest.Store(s.ledger.highest)
	return errors.Join(c.errs...)
}

// chunk is how many records are made ready before they are taken: enough for all
// processors, and little memory beside the records themselves.
const chunk = 4096

// make does for each record of part what needs no other record, on all
// processors: most of what a record costs.
func (s *Snapshot) make(part []definition.Record, results []made, trusted bool) {
	parallel(len(part), 32, func(i int) {
		r, m := part[i], &results[i]
		*m = made{}
		switch {
		case r.Deleted():
		case r.Kind == definition.KindAPI:
			*m, m.err = s.makeAPI(r, trusted)
		case r.Kind == definition.KindGrant:
			m.grant, m.err = grant(r)
		}
	})
}

// parallel calls f for 0 … n-1, in pieces of step, on as many processors as there
// are pieces.
func parallel(n, step int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), (n+step-1)/step)
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for {
				to := int(next.Add(int64(step)))
				if to-step >= n {
					return
				}
				for i := to - step; i < min(to, n); i++ {
					f(i)
				}
			}
		})
	}
	wait.Wait()
}

// place orders the kinds within a batch; see the package comment. What lives
// beside APIs (-1) goes before everything: an API must not be served a moment
// without what is bound to it.
func place(k definition.Kind) int {
	switch k {
	case definition.KindApp:
		return 0
	case definition.KindGrant:
		return 1
	case definition.KindAPI:
		return 2
	case definition.KindGroup:
		return 3
	}
	return -1
}

// take uses one record that is newer than what is held of its key.
func (s *Snapshot) take(r definition.Record, m *made, c *change) error {
	var err error
	switch r.Kind {
	case definition.KindApp:
		err = s.takeApp(r)
	case definition.KindGrant:
		err = s.takeGrant(r, m)
	case definition.KindAPI:
		err = s.takeAPI(r, m, c)
	case definition.KindGroup:
		err = s.takeGroup(r, c)
	default:
		var known bool
		if known, err = s.options.Beside.Take(r); !known {
			err = fmt.Errorf("kind %q is unknown to this version", r.Kind)
		}
	}
	if err != nil {
		return err
	}
	switch {
	case r.Deleted():
		c.floor = max(c.floor, s.ledger.bury(r.Key, r.Revision))
	case r.Kind == definition.KindAPI: // s.apis has the revision
		s.ledger.dead.drop(r.Key)
	default:
		s.ledger.put(r.Key, r.Revision)
	}
	s.mend(r.Key, r.Revision)
	return nil
}

// fail lists a broken record, unless a newer one of its key is listed.
func (s *Snapshot) fail(key definition.Key, revision uint64, err error) error {
	if s.broken[key].Revision <= revision {
		s.broken[key] = Broken{key, revision, err}
	}
	return &RecordError{key, revision, err}
}

// mend takes a key off the list when its listed record is no newer than one
// that is now in use.
func (s *Snapshot) mend(key definition.Key, revision uint64) {
	if b, ok := s.broken[key]; ok && b.Revision <= revision {
		delete(s.broken, key)
	}
}
