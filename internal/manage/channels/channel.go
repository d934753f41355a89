package channels

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Channel is a VPC channel as it is answered and listed (reference tables
// 4-462 and 4-483).
type Channel struct {
	ID              string    `json:"id"`
	Name            string    `json:"name"`
	Type            int       `json:"type" doc:"Always 2, a built-in channel."`
	MemberType      string    `json:"member_type" doc:"instance: members are servers of the instance directory; ip: they are hosts."`
	Status          int       `json:"status" doc:"1 normal; 2 when it has members and none of them takes calls."`
	Port            int       `json:"port"`
	BalanceStrategy int       `json:"balance_strategy" doc:"1 weighted round robin, 2 weighted least connections, 3 source hash, 4 URI hash."`
	CreateTime      apig.Time `json:"create_time"`

	projectID  string
	health     Health
	hasMembers bool
}

// Details is a channel with everything that belongs to it (reference table
// 4-476).
type Details struct {
	Channel
	Health  Health   `json:"vpc_health_config"`
	Members []Member `json:"vpc_instances"`
	// Warnings are not in the reference.
	Warnings []string `json:"warnings,omitempty" doc:"Which members will get no calls although they are accepted, and why; an extension."`
}

// What the reference calls 1 and 2 in the fields of a channel and a member.
const (
	typeBalancer = 1 // refused
	typeBuiltIn  = 2

	statusNormal   = 1
	statusAbnormal = 2
)

// The two member types in the form in which they are answered: lower case, as
// in the samples.
const (
	ofInstances = "instance"
	ofHosts     = "ip"
)

func (a *Area) create(r *wire.Request, in *Input) (*Channel, error) {
	if err := in.check(false); err != nil {
		return nil, err
	}
	ch := &Channel{
		ID: a.IDs.New(), Type: typeBuiltIn, Status: statusNormal, CreateTime: apig.Time(a.Clock()),
		projectID: r.Actor.ProjectID,
	}
	ch.health = Health{ID: a.IDs.New(), VPCID: ch.ID, CreateTime: ch.CreateTime}
	in.apply(ch)
	ctx := r.Context()
	err := a.DB.Write(ctx, func(tx *store.Tx) error {
		n, err := countChannels(ctx, tx, ch.projectID)
		if err != nil {
			return err
		}
		if err := a.Quotas.Room(ctx, tx, ch.projectID, quota.Channels, n, apig.E3109); err != nil {
			return err
		}
		if err := taken(insertChannel(ctx, tx, ch), ch.Name); err != nil {
			return err
		}
		tx.Touch(string(definition.KindChannel), ch.ID)
		return a.join(ctx, tx, ch, in.Members)
	})
	if err != nil {
		return nil, err
	}
	r.Touched(ch.ID)
	return ch, nil
}

func (a *Area) update(r *wire.Request, in *Input) (*Channel, error) {
	if err := in.check(true); err != nil {
		return nil, err
	}
	r.Touched(r.Path("id"))
	ctx := r.Context()
	var ch *Channel
	err := a.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if ch, err = own(r, tx); err != nil {
			return err
		}
		in.apply(ch)
		if err := taken(updateChannel(ctx, tx, ch), ch.Name); err != nil {
			return err
		}
		tx.Touch(string(definition.KindChannel), ch.ID)
		return a.replace(ctx, tx, ch, in.Members)
	})
	if err != nil {
		return nil, err
	}
	a.judge(ch)
	return ch, nil
}

func (a *Area) delete(r *wire.Request) error {
	r.Touched(r.Path("id"))
	ctx := r.Context()
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		ch, err := own(r, tx)
		if err != nil {
			return err
		}
		used, err := inUse(ctx, tx, ch.ID)
		if err != nil {
			return err
		}
		if used {
			return apig.E3414.Msg("%s,id:%s", apig.E3414.Text(), ch.ID)
		}
		tx.Touch(string(definition.KindChannel), ch.ID)
		return deleteChannel(ctx, tx, ch.ID)
	})
}

func (a *Area) show(r *wire.Request) (*Details, error) {
	ch, err := own(r, a.DB)
	if err != nil {
		return nil, err
	}
	a.judge(ch)
	d := &Details{Channel: *ch, Health: ch.health}
	d.Members, err = selectMembers(r.Context(), a.DB, ch)
	a.judgeMembers(d.Members)
	d.Warnings = a.warnings(d.Members)
	return d, err
}

// own reads the channel of the path if the actor may see it.
func own(r *wire.Request, q store.Querier) (*Channel, error) {
	id := r.Path("id")
	ch, err := selectChannel(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoChannel(id)
	}
	if err != nil {
		return nil, err
	}
	return ch, apig.Own(&r.Actor, ch.projectID, apig.E1113)
}

// taken gives the refusal of the unique name its code: the id is random.
func taken(err error, name string) error {
	if errors.Is(err, store.ErrDuplicate) {
		return apig.Taken(apig.E3208, "name", name).Because(err)
	}
	return err
}
