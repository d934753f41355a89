package channels

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Member is a server of a channel as it is answered (reference tables 4-478,
// 4-490 and 4-498).
type Member struct {
	ID           string    `json:"id"`
	VPCID        string    `json:"vpc_id" doc:"Id of the channel."`
	Status       int       `json:"status" doc:"1 normal; 2 when it takes no calls: its checks or its calls fail, or its server is no longer in the instance directory."`
	InstanceName string    `json:"instance_name"`
	InstanceID   string    `json:"instance_id" doc:"Empty in a channel of hosts."`
	Host         string    `json:"host" doc:"Empty while the server is not in the instance directory."`
	Weight       int       `json:"weight"`
	CreateTime   apig.Time `json:"create_time"`
}

// MemberInput is a member as a client sends it (reference tables 4-461, 4-468
// and 4-488).
type MemberInput struct {
	InstanceName string `json:"instance_name" doc:"1 to 64 Chinese characters, letters, digits, '-', '_' and '.'; in a channel of hosts the host when it is left out."`
	InstanceID   string `json:"instance_id" doc:"Id of a server in the instance directory; required in a channel of instances."`
	Host         string `json:"host" doc:"IP address or host name; required in a channel of hosts."`
	Weight       *int   `json:"weight" required:"true" doc:"1 to 100."`
}

// key tells members of one channel apart.
type key struct{ instanceID, host string }

func (m *MemberInput) key() key { return key{m.InstanceID, m.Host} }

// checkMembers leaves in each member only what counts in such a channel.
func checkMembers(c *apig.Check, memberType string, members []MemberInput) {
	c.Count("vpc_instances", len(members), maxMembers)
	seen := make(map[key]bool, min(len(members), maxMembers))
	for i := range members {
		if c.Err() != nil {
			return
		}
		m := &members[i]
		field := fmt.Sprintf("vpc_instances[%d].", i)
		if memberType == ofHosts {
			m.checkHost(c, field+"host")
		} else {
			c.Required(field+"instance_id", m.InstanceID)
			m.Host = ""
		}
		c.Pattern(field+"instance_name", m.InstanceName, memberName, 1, 64)
		number(c, field+"weight", m.Weight, 1, 100)
		c.That(!seen[m.key()], m.duplicate())
		seen[m.key()] = true
	}
}

var (
	hostName  = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$`)
	likeAnIP4 = regexp.MustCompile(`^[0-9.]+$`)
)

// checkHost leaves one spelling of the host, by which members are told apart.
func (m *MemberInput) checkHost(c *apig.Check, param string) {
	m.InstanceID = ""
	c.Required(param, m.Host)
	c.Length(param, m.Host, 1, 253)
	if c.Err() != nil {
		return
	}
	address, err := netip.ParseAddr(m.Host)
	switch {
	case err == nil && address.Zone() == "":
		m.Host = address.Unmap().String()
	case err == nil, strings.Contains(m.Host, ":"), likeAnIP4.MatchString(m.Host):
		c.That(false, apig.E2015.Msg("%s,parameterName:%s", apig.E2015.Text(), param))
	default:
		m.Host = strings.ToLower(strings.TrimSuffix(m.Host, "."))
		c.That(hostName.MatchString(m.Host), apig.Invalid(param))
	}
	if m.InstanceName == "" {
		m.InstanceName = strings.ReplaceAll(m.Host, ":", ".")
		m.InstanceName = m.InstanceName[:min(len(m.InstanceName), 64)]
	}
}

func (m *MemberInput) duplicate() *wire.Error {
	if m.Host != "" {
		return apig.Taken(apig.E3306, "host", m.Host)
	}
	return apig.Taken(apig.E3306, "instance_id", m.InstanceID)
}

// MembersInput is the body of 4.17.7.
type MembersInput struct {
	Members []MemberInput `json:"vpc_instances" required:"true" doc:"At most 1000."`
}

// Members is a page of members (reference tables 4-489 and 4-497).
type Members struct {
	Total   int      `json:"total"`
	Size    int      `json:"size"`
	Members []Member `json:"vpc_instances"`
}

// addMembers answers all members of the channel, as the sample of 4.17.7 does.
func (a *Area) addMembers(r *wire.Request, in *MembersInput) (*Members, error) {
	r.Touched(r.Path("id"))
	ctx := r.Context()
	var out *Members
	err := a.DB.Write(ctx, func(tx *store.Tx) error {
		// What a member needs depends on the channel, so it is read first.
		ch, err := own(r, tx)
		if err != nil {
			return err
		}
		var c apig.Check
		c.That(len(in.Members) > 0, apig.Missing("vpc_instances"))
		checkMembers(&c, ch.MemberType, in.Members)
		if c.Err() != nil {
			return c.Err()
		}
		tx.Touch(string(definition.KindChannel), ch.ID)
		if err := a.join(ctx, tx, ch, in.Members); err != nil {
			return err
		}
		all, err := selectMembers(ctx, tx, ch)
		a.judgeMembers(all)
		out = &Members{Total: len(all), Size: len(all), Members: all}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// join adds members to those that a channel has.
func (a *Area) join(ctx context.Context, tx *store.Tx, ch *Channel, members []MemberInput) error {
	if len(members) == 0 {
		return nil
	}
	n, err := countMembers(ctx, tx, ch.ID)
	if err != nil {
		return err
	}
	// Room is asked for the last of them.
	if err := a.Quotas.Room(ctx, tx, ch.projectID, quota.Members, n+len(members)-1, apig.E3110); err != nil {
		return err
	}
	now := a.Clock()
	for i := range members {
		if err := a.joinOne(ctx, tx, ch, &members[i], now); err != nil {
			return err
		}
	}
	return nil
}

func (a *Area) joinOne(ctx context.Context, tx *store.Tx, ch *Channel, m *MemberInput, now time.Time) error {
	if err := known(ctx, tx, ch, m); err != nil {
		return err
	}
	err := insertMember(ctx, tx, ch, a.IDs.New(), m, now)
	if errors.Is(err, store.ErrDuplicate) {
		return m.duplicate().Because(err)
	}
	return err
}

// known refuses an instance that is not in the directory of the channel's
// project. Another project's is not there either: ids are the project's own.
func known(ctx context.Context, q store.Querier, ch *Channel, m *MemberInput) error {
	if m.InstanceID == "" {
		return nil
	}
	found, err := hasServer(ctx, q, ch.projectID, m.InstanceID)
	if err == nil && !found {
		return apig.E3092.Msg("%s,id:%.128s", apig.E3092.Text(), m.InstanceID)
	}
	return err
}

// replace makes the members of a channel those that are given. Who was there
// before keeps its id and its time.
func (a *Area) replace(ctx context.Context, tx *store.Tx, ch *Channel, members []MemberInput) error {
	old, err := selectKeys(ctx, tx, ch.ID)
	if err != nil {
		return err
	}
	// A quota that was lowered takes nothing away.
	if len(members) > len(old) {
		if err := a.Quotas.Room(ctx, tx, ch.projectID, quota.Members, len(members)-1, apig.E3110); err != nil {
			return err
		}
	}
	now := a.Clock()
	for i := range members {
		m := &members[i]
		id, was := old[m.key()]
		if !was {
			if err := a.joinOne(ctx, tx, ch, m, now); err != nil {
				return err
			}
			continue
		}
		delete(old, m.key())
		if err := known(ctx, tx, ch, m); err != nil {
			return err
		}
		if err := updateMember(ctx, tx, id, m); err != nil {
			return err
		}
	}
	for _, id := range old {
		if err := deleteMember(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

func (a *Area) removeMember(r *wire.Request) error {
	r.Touched(r.Path("id"))
	ctx := r.Context()
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		ch, err := own(r, tx)
		if err != nil {
			return err
		}
		id, err := findMember(ctx, tx, ch.ID, r.Path("inst_id"))
		if errors.Is(err, store.ErrNotFound) {
			// The text differs from the table's, see wire-facts §1.4.
			return apig.E3024.Msg("The VPC instance does not exist,id:%.128s", r.Path("inst_id"))
		}
		if err != nil {
			return err
		}
		tx.Touch(string(definition.KindChannel), ch.ID)
		return deleteMember(ctx, tx, id)
	})
}
