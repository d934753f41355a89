package catalog

import "github.com/lintel-gateway/lintel/internal/store"

const selectService = `SELECT id, type, name, description, enabled FROM identity_services`

const insertService = `
INSERT INTO identity_services (id, type, name, description, enabled, create_time) VALUES ($1, $2, $3, $4, $5, $6)`

const (
	countServices = `SELECT COUNT(*) FROM identity_services`
	updateService = `UPDATE identity_services SET type = $1, name = $2, description = $3, enabled = $4 WHERE id = $5`
	deleteService = `DELETE FROM identity_services WHERE id = $1`
)

func scanService(row store.Scanner) (s service, err error) {
	err = row.Scan(&s.ID, &s.Type, &s.Name, &s.Description, &s.Enabled)
	return s, err
}
