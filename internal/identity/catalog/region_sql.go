package catalog

import "github.com/lintel-gateway/lintel/internal/store"

const selectRegion = `SELECT id, description, parent_id FROM identity_regions`

const (
	countRegions   = `SELECT COUNT(*) FROM identity_regions`
	countRegionsIn = `SELECT COUNT(*) FROM identity_regions WHERE parent_id = $1`
	selectParent   = `SELECT parent_id FROM identity_regions WHERE id = $1`
	insertRegion   = `INSERT INTO identity_regions (id, description, parent_id, create_time) VALUES ($1, $2, $3, $4)`
	updateRegion   = `UPDATE identity_regions SET description = $1, parent_id = $2 WHERE id = $3`
	deleteRegion   = `DELETE FROM identity_regions WHERE id = $1`
)

func scanRegion(row store.Scanner) (g region, err error) {
	var parent string
	err = row.Scan(&g.ID, &g.Description, &parent)
	g.below(parent)
	return g, err
}
