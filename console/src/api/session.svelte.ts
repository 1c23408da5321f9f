// Who sits here. The token belongs to this tab alone and is gone with it.

const KEY = "evenhand.session";

export type Role = "call_taker" | "dispatcher" | "supervisor" | "auditor";

export interface Session {
  token: string;
  person: string;
  role: Role;
  roles: Role[];
  position: string;
}

function kept(): Session | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Session | null;
  } catch {
    return null;
  }
}

class SessionState {
  current = $state<Session | null>(kept());

  begin(session: Session): void {
    sessionStorage.setItem(KEY, JSON.stringify(session));
    this.current = session;
  }

  end(): void {
    sessionStorage.removeItem(KEY);
    this.current = null;
  }
}

export const session = new SessionState();
