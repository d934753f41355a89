package beside

import (
	"encoding/json"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/answer"
	"github.com/lintel-gateway/lintel/internal/gateway/certificates"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/acl"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/authorizer"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/order"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/sign"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/throttle"
	"github.com/lintel-gateway/lintel/internal/statistics"
)

// Purposes of the sealed secrets that are held here; their id is the record's.
const (
	PurposeSign        = "sign-secret"
	PurposeCertificate = "certificate-key"
)

// Options are what a Beside needs.
type Options struct {
	// Open opens a sealed secret (secret.Sealer.Open).
	Open func(purpose, id string, sealed []byte) ([]byte, error)
	// Functions run backends and authorizers.
	Functions *functions.Functions
	Channels  *channel.Channels
	// Orders takes the calls of orders, until somebody stores them.
	Orders *statistics.Orders
	Clock  clock.Clock
}

// Beside holds what lives beside APIs. Lookups are safe at any time; Take is
// called by one writer at a time.
type Beside struct {
	Functions    *functions.Functions
	Authorizers  *authorizer.Authorizers
	Channels     *channel.Channels
	Answers      *answer.Answers
	Certificates *certificates.Certificates
	Orders       *order.Orders

	bound policies
	open  func(purpose, id string, sealed []byte) ([]byte, error)
}

// New returns a Beside that holds nothing.
func New(o Options) *Beside {
	return &Beside{
		Functions: o.Functions, Authorizers: authorizer.NewAuthorizers(o.Functions, o.Clock), Channels: o.Channels,
		Answers: answer.New(), Certificates: certificates.New(), Orders: order.NewOrders(o.Orders),
		bound: newPolicies(), open: o.Open,
	}
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
		err = take(r, keep, func(v *definition.Throttle) string { return v.ID }, throttle.Compile, b.bound.putThrottle, b.bound.dropPolicy)
	case definition.KindACL:
		err = take(r, keep, func(v *definition.ACL) string { return v.ID }, acl.Compile, b.bound.putACL, b.bound.dropPolicy)
	case definition.KindSign:
		err = take(r, keep, func(v *definition.SignatureKey) string { return v.ID }, b.signKey, b.bound.putSign, b.bound.dropPolicy)
	case definition.KindBinding:
		err = take(r, keep, func(v *definition.Binding) string { return v.ID }, same[definition.Binding], b.bound.bind, b.bound.unbind)
	case definition.KindChannel:
		err = take(r, keep, func(v *definition.Channel) string { return v.ID }, checked(b.Channels.Check), put(b.Channels.Put), b.Channels.Drop)
	case definition.KindAuthorizer:
		err = take(r, keep, func(v *definition.Authorizer) string { return v.ID }, checked(b.Authorizers.Check), put(b.Authorizers.Put), b.Authorizers.Drop)
	case definition.KindFunction:
		err = take(r, keep, func(v *definition.Function) string { return v.URN + ":" + v.Version }, same[definition.Function], put(b.Functions.Put), b.Functions.Drop)
	case definition.KindResponse:
		err = take(r, keep, func(v *definition.Response) string { return v.ID }, checked(b.Answers.Check), put(b.Answers.Put), b.Answers.Drop)
	case definition.KindCertificate:
		err = b.certificate(r, keep)
	case definition.KindOrder:
		err = take(r, keep, func(v *definition.Order) string { return v.ID }, checked(b.Orders.Check), put(b.Orders.Put), b.Orders.Drop)
	default:
		return false, nil
	}
	return true, err
}

// take reads a record, makes of its value what is held, and holds it.
func take[D, V any](r definition.Record, keep bool, id func(*D) string, compile func(*D) (V, error), hold func(id string, v V), drop func(id string)) error {
	if r.Deleted() {
		if keep {
			drop(r.ID)
		}
		return nil
	}
	d, err := decode(r, id)
	if err != nil {
		return err
	}
	v, err := compile(d)
	if err == nil && keep {
		hold(r.ID, v)
	}
	return err
}

// decode reads a record's body, whose own id must be the record's: otherwise a
// deletion would never meet what it deletes.
func decode[D any](r definition.Record, id func(*D) string) (*D, error) {
	v := new(D)
	if err := json.Unmarshal(r.Body, v); err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	if got := id(v); got != r.ID {
		return nil, fmt.Errorf("body: describes %q, not %q", got, r.ID)
	}
	return v, nil
}

// same compiles what is held as it is.
func same[D any](d *D) (*D, error) { return d, nil }

// checked holds what it does not refuse.
func checked[D any](check func(*D) error) func(*D) (*D, error) {
	return func(d *D) (*D, error) { return d, check(d) }
}

// put drops the id, which the value has too.
func put[D any](hold func(*D)) func(string, *D) {
	return func(_ string, d *D) { hold(d) }
}

func (b *Beside) signKey(d *definition.SignatureKey) (*sign.Key, error) {
	plain, err := b.opened(PurposeSign, d.ID, d.Secret)
	if err != nil {
		return nil, err
	}
	return sign.Compile(d.Key, plain)
}

func (b *Beside) certificate(r definition.Record, keep bool) error {
	if r.Deleted() {
		if keep {
			b.Certificates.Drop(r.ID)
		}
		return nil
	}
	d, err := decode(r, func(v *definition.Certificate) string { return v.ID })
	if err != nil {
		return err
	}
	key, err := b.opened(PurposeCertificate, d.ID, d.Key)
	if err != nil {
		return err
	}
	c, err := certificates.Compile(d, key)
	if err == nil && keep {
		b.Certificates.Put(c)
	}
	return err
}

// opened refuses a secret that cannot be opened or is empty.
func (b *Beside) opened(purpose, id string, sealed []byte) ([]byte, error) {
	plain, err := b.open(purpose, id, sealed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", purpose, err)
	}
	if len(plain) == 0 {
		return nil, fmt.Errorf("%s: is empty", purpose)
	}
	return plain, nil
}
