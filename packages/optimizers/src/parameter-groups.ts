import {
  aList,
  checkOption,
  type RegisteredVariable,
  type Takes,
  UsageError,
  type VariableRole,
} from '@flatbit/core';

/** Which parameters a group holds. One that names both roles and keys holds what has both; one that names neither, all. */
export interface ParameterSelection {
  readonly roles?: readonly VariableRole[];
  /** A pattern that finds the key, or whole keys. */
  readonly keys?: RegExp | readonly string[];
}

/** What each setting takes, by its name. */
type TakesOf<Settings> = { readonly [Name in keyof Settings]: Takes };

/**
 * Checks the settings of an optimizer and of its groups.
 * @throws UsageError for a value out of range, or a setting that the optimizer does not have; it names the option.
 */
export function checkSettings<Settings extends Record<keyof Settings, number>>(
  optimizer: string,
  defaults: Settings,
  groups: readonly (ParameterSelection & Partial<Settings>)[],
  takes: TakesOf<Settings>,
): void {
  const names = Object.keys(takes) as (keyof Settings & string)[];
  for (const name of names) checkOption(defaults[name], `${optimizer} ${name}`, takes[name]);
  checkOption(groups, `${optimizer} groups`, aList);
  for (const [index, group] of groups.entries()) {
    for (const [name, value] of Object.entries(group)) {
      if (name === 'roles' || name === 'keys' || value === undefined) continue;
      const option = `${optimizer} groups[${index}].${name}`;
      const known = names.find((setting) => setting === name);
      if (!known)
        throw new UsageError(`${option}: no such setting; a group takes roles, keys, ${names.join(', ')}`);
      checkOption(value, option, takes[known]);
    }
  }
}

/**
 * The settings of every parameter, by key: those of the first group that holds it, the defaults for what that leaves open.
 * @throws UsageError if a group names a key that no parameter has.
 */
export function settingsByKey<Settings extends object>(
  optimizer: string,
  defaults: Settings,
  groups: readonly (ParameterSelection & Partial<Settings>)[],
  parameters: readonly RegisteredVariable[],
): ReadonlyMap<string, Settings> {
  refuseUnknownKeys(optimizer, groups, parameters);
  const names = Object.keys(defaults) as (keyof Settings & string)[];
  return new Map(
    parameters.map((parameter) => {
      const group = groups.find((selection) => holds(selection, parameter));
      const own = names.filter((name) => group?.[name] !== undefined).map((name) => [name, group![name]]);
      return [parameter.key, { ...defaults, ...(Object.fromEntries(own) as Partial<Settings>) }];
    }),
  );
}

/** The settings of one parameter. @throws UsageError if the optimizer was not prepared for it. */
export function settingsOf<Settings>(settings: ReadonlyMap<string, Settings>, key: string): Settings {
  const own = settings.get(key);
  if (own) return own;
  throw new UsageError(
    `parameter "${key}" is not one of the ${settings.size} that the optimizer was prepared for; make variables in the hook "prepare"`,
  );
}

function holds({ roles, keys }: ParameterSelection, { key, role }: RegisteredVariable): boolean {
  if (roles && !roles.includes(role)) return false;
  if (!keys) return true;
  // `search` forgets where a global pattern has last been; `test` does not.
  return keys instanceof RegExp ? key.search(keys) >= 0 : keys.includes(key);
}

function refuseUnknownKeys(
  optimizer: string,
  groups: readonly ParameterSelection[],
  parameters: readonly RegisteredVariable[],
): void {
  const known = new Set(parameters.map(({ key }) => key));
  for (const [index, { keys = [] }] of groups.entries()) {
    if (keys instanceof RegExp) continue;
    const unknown = keys.find((key) => !known.has(key));
    if (unknown === undefined) continue;
    const some = [...known].slice(0, 5).join(', ') + (known.size > 5 ? ', …' : '');
    throw new UsageError(
      `${optimizer} groups[${index}].keys: got "${unknown}"; takes keys of the ${known.size} parameters (${some}), or a pattern`,
    );
  }
}
