/** What this deployment's front says of itself: where people sign in. */
export interface Config {
  readonly region: string;
  readonly user_pool_id: string;
  readonly user_pool_client_id: string;
  readonly cognito_url: string;
}

let loaded: Promise<Config> | undefined;

export function config(): Promise<Config> {
  loaded ??= load().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(): Promise<Config> {
  const answered = await fetch("/config.json", { cache: "no-store" });
  if (!answered.ok) throw new Error(`config.json: ${answered.status}`);
  return (await answered.json()) as Config;
}
