/** What people may do at the centre: roles, and the capabilities that each brings. */

/** In the order in which they are listed. A person has one or more. */
export const ROLES = ['administrator', 'operator', 'clerk', 'inspector', 'auditor', 'finance'] as const;
export type Role = (typeof ROLES)[number];

/** Each route names the one it needs; `see-…` change nothing. */
export const CAPABILITIES = [
  'see-totals',
  'see-media',
  'see-alerts',
  'see-terminals',
  'see-lists',
  'see-proposals',
  'work-alerts',
  'manage-terminals',
  'deny-media',
  'order-actions',
  'set-limits',
  'set-tariff',
  'publish-lists',
  'approve-money',
  'approve-keys',
  'manage-people',
  'manage-webhooks',
  'read-audit',
  'read-metrics',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/**
 * Least privilege: an administrator looks after people, keys and terminals and sees no passenger's account; an auditor sees
 * everything and changes nothing. Who proposes and who approves may have the same role, but is never the same person.
 */
export const CAPABILITIES_OF: Readonly<Record<Role, readonly Capability[]>> = {
  administrator: [
    'see-totals',
    'see-alerts',
    'see-terminals',
    'see-lists',
    'see-proposals',
    'manage-terminals',
    'approve-keys',
    'manage-people',
    'manage-webhooks',
    'read-metrics',
  ],
  operator: [
    'see-totals',
    'see-media',
    'see-alerts',
    'see-terminals',
    'see-lists',
    'see-proposals',
    'work-alerts',
    'manage-terminals',
    'deny-media',
    'order-actions',
    'set-limits',
    'set-tariff',
    'publish-lists',
    'approve-money',
    'read-metrics',
  ],
  clerk: ['see-totals', 'see-media', 'see-lists', 'see-proposals', 'deny-media', 'order-actions'],
  inspector: ['see-totals', 'see-media'],
  auditor: [
    'see-totals',
    'see-media',
    'see-alerts',
    'see-terminals',
    'see-lists',
    'see-proposals',
    'read-audit',
    'read-metrics',
  ],
  finance: [
    'see-totals',
    'see-media',
    'see-alerts',
    'see-terminals',
    'see-lists',
    'see-proposals',
    'order-actions',
    'set-tariff',
    'approve-money',
  ],
};

/** Whether one of the roles brings the capability. */
export function may(roles: readonly Role[], capability: Capability): boolean {
  return roles.some((role) => CAPABILITIES_OF[role].includes(capability));
}
