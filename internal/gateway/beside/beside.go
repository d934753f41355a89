package beside

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// Purposes of the sealed secrets that are held here; their id is the record's.
const (
	PurposeSign        = "sign-secret"
	PurposeCertificate = "certificate-key"
)

// Place is an API in an environment.
type Place struct{ APIID, EnvID string }

// Beside holds the values. Lookups are safe at any time; Take is called by one
// writer at a time.
type Beside struct {
	Throttles    *shard.Map[string, *definition.Throttle]
	ACLs         *shard.Map[string, *definition.ACL]
	SignKeys     *shard.Map[string, *definition.SignatureKey]
	Channels     *shard.Map[string, *definition.Channel]
	Authorizers  *shard.Map[string, *definition.Authorizer]
	Functions    *shard.Map[string, *definition.Function] // by "<urn>:<version>"
	Responses    *shard.Map[string, *definition.Response]
	Certificates *shard.Map[string, *definition.Certificate]
	Orders       *shard.Map[string, *definition.Order]

	bindings map[string]definition.Binding // by id, for the writer
	bound    *shard.Map[Place, []definition.Binding]
	open     func(purpose, id string, sealed []byte) ([]byte, error)
}

// New returns a Beside that holds nothing. open opens sealed secrets.
func New(open func(purpose, id string, sealed []byte) ([]byte, error)) *Beside {
	return &Beside{
		Throttles:    shard.New[string, *definition.Throttle](),
		ACLs:         shard.New[string, *definition.ACL](),
		SignKeys:     shard.New[string, *definition.SignatureKey](),
		Channels:     shard.New[string, *definition.Channel](),
		Authorizers:  shard.New[string, *definition.Authorizer](),
		Functions:    shard.New[string, *definition.Function](),
		Responses:    shard.New[string, *definition.Response](),
		Certificates: shard.New[string, *definition.Certificate](),
		Orders:       shard.New[string, *definition.Order](),
		bindings:     make(map[string]definition.Binding),
		bound:        shard.New[Place, []definition.Binding](),
		open:         open,
	}
}

// Bound answers the bindings of an API in an environment, ordered by policy and
// slot. The list is not to be changed.
func (b *Beside) Bound(p Place) []definition.Binding {
	list, _ := b.bound.Get(p)
	return list
}

// Take uses a record, or withdraws its key. It answers false for a kind that
// is not held here.
func (b *Beside) Take(r definition.Record) (bool, error) { return b.use(r, true) }

// Check says why a record could not be used, and changes nothing.
func (b *Beside) Check(r definition.Record) (bool, error) { return b.use(r, false) }

func (b *Beside) use(r definition.Record, keep bool) (bool, error) {
	var err error
	switch r.Kind {
	case definition.KindThrottle:
		err = take(b.Throttles, r, keep, func(v *definition.Throttle) string { return v.ID })
	case definition.KindACL:
		err = take(b.ACLs, r, keep, func(v *definition.ACL) string { return v.ID })
	case definition.KindSign:
		err = take(b.SignKeys, r, keep, func(v *definition.SignatureKey) string { return v.ID },
			func(v *definition.SignatureKey) error { return b.opens(PurposeSign, v.ID, v.Secret) })
	case definition.KindChannel:
		err = take(b.Channels, r, keep, func(v *definition.Channel) string { return v.ID })
	case definition.KindAuthorizer:
		err = take(b.Authorizers, r, keep, func(v *definition.Authorizer) string { return v.ID })
	case definition.KindFunction:
		err = take(b.Functions, r, keep, func(v *definition.Function) string { return v.URN + ":" + v.Version })
	case definition.KindResponse:
		err = take(b.Responses, r, keep, func(v *definition.Response) string { return v.ID })
	case definition.KindCertificate:
		err = take(b.Certificates, r, keep, func(v *definition.Certificate) string { return v.ID },
			func(v *definition.Certificate) error { return b.opens(PurposeCertificate, v.ID, v.Key) })
	case definition.KindOrder:
		err = take(b.Orders, r, keep, func(v *definition.Order) string { return v.ID })
	case definition.KindBinding:
		err = b.binding(r, keep)
	default:
		return false, nil
	}
	return true, err
}

// decode reads a record's body, whose own id must be the record's: otherwise a
// deletion would never meet what it deletes.
func decode[T any](r definition.Record, id func(*T) string) (*T, error) {
	v := new(T)
	if err := json.Unmarshal(r.Body, v); err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	if got := id(v); got != r.ID {
		return nil, fmt.Errorf("body: describes %q, not %q", got, r.ID)
	}
	return v, nil
}

func take[T any](m *shard.Map[string, *T], r definition.Record, keep bool, id func(*T) string, also ...func(*T) error) error {
	if r.Deleted() {
		if keep {
			m.Delete(r.ID)
		}
		return nil
	}
	v, err := decode(r, id)
	if err != nil {
		return err
	}
	for _, check := range also {
		if err := check(v); err != nil {
			return err
		}
	}
	if keep {
		m.Set(r.ID, v)
	}
	return nil
}

// opens refuses a secret that cannot be opened or is empty.
func (b *Beside) opens(purpose, id string, sealed []byte) error {
	plain, err := b.open(purpose, id, sealed)
	if err != nil {
		return fmt.Errorf("%s: %w", purpose, err)
	}
	if len(plain) == 0 {
		return fmt.Errorf("%s: is empty", purpose)
	}
	return nil
}

func (b *Beside) binding(r definition.Record, keep bool) error {
	if !r.Deleted() {
		v, err := decode(r, func(v *definition.Binding) string { return v.ID })
		if err != nil || !keep {
			return err
		}
		b.unbind(r.ID)
		b.bindings[r.ID] = *v
		b.bound.Update(Place{v.APIID, v.EnvID}, func(old []definition.Binding, _ bool) ([]definition.Binding, bool) {
			list := append(slices.Clone(old), *v)
			slices.SortFunc(list, func(a, b definition.Binding) int {
				return cmp.Or(cmp.Compare(a.Policy, b.Policy), cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.ID, b.ID))
			})
			return list, true
		})
		return nil
	}
	if keep {
		b.unbind(r.ID)
	}
	return nil
}

func (b *Beside) unbind(id string) {
	v, ok := b.bindings[id]
	if !ok {
		return
	}
	delete(b.bindings, id)
	b.bound.Update(Place{v.APIID, v.EnvID}, func(old []definition.Binding, _ bool) ([]definition.Binding, bool) {
		list := slices.DeleteFunc(slices.Clone(old), func(x definition.Binding) bool { return x.ID == id })
		return list, len(list) > 0
	})
}
