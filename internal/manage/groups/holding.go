package groups

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// URLDomain is an independent domain bound to a group (reference table 4-5).
type URLDomain struct {
	ID          string `json:"id"`
	Domain      string `json:"domain" doc:"As it was bound."`
	CNAMEStatus int    `json:"cname_status" doc:"1 not resolved, 2 resolving, 3 resolved, 4 failed; at most a minute old where few groups are shown."`
	SSLID       string `json:"ssl_id" doc:"Certificate; empty when there is none."`
	SSLName     string `json:"ssl_name"`

	groupID string
}

// maxAsked is how many groups a list may have for DNS to be asked about their
// domains: 20 is what nobody who did not ask for more gets.
const maxAsked = 20

// showDomains fills in the domains of groups; ask has their status brought up to
// date first.
func (a *Area) showDomains(ctx context.Context, q store.Querier, groups []*Group, ask bool) error {
	if len(groups) == 0 {
		return nil
	}
	byID := make(map[string]*Group, len(groups))
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i], byID[g.ID] = g.ID, g
	}
	if ask && a.CNAMEs != nil {
		if err := a.CNAMEs(ctx, ids); err != nil {
			return err
		}
	}
	list, err := selectDomains(ctx, q, ids)
	for _, d := range list {
		g := byID[d.groupID]
		g.URLDomains = append(g.URLDomains, d)
	}
	return err
}

// deleteHolding deletes what a group holds in other areas, see the package
// comment.
func (a *Area) deleteHolding(ctx context.Context, tx *store.Tx, id string) error {
	responses, err := deleteResponses(ctx, tx, id)
	if err != nil {
		return err
	}
	touch(tx, definition.KindResponse, responses)
	certificates, err := deleteDomains(ctx, tx, id)
	if err != nil {
		return err
	}
	touch(tx, definition.KindCertificate, certificates)
	if err := deleteOrders(ctx, tx, id); err != nil {
		return err
	}
	return deleteVariables(ctx, tx, id)
}

func touch(tx *store.Tx, kind definition.Kind, ids []string) {
	for _, id := range ids {
		tx.Touch(string(kind), id)
	}
}
