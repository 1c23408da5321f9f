// What the agency chose, as lists to pick from.

import { ask } from "../api/client.ts";

export interface IncidentType {
  code: string;
  title: string;
  priority: number;
  protected: boolean;
}

export interface Policy {
  id: string;
  version: number;
  incident_types: IncidentType[];
  no_dispatch_codes: string[];
  dispositions: string[];
  labels: { label: string; primary: string; secondary: string; aliases: string[] }[];
  roles: string[];
}

class PolicyState {
  current = $state.raw<Policy | null>(null);

  async load(): Promise<void> {
    this.current = (await ask<Policy>("/policy")) ?? this.current;
  }
}

export const policy = new PolicyState();

/** `gone_on_arrival` as people read it. */
export const inWords = (code: string): string => code.replaceAll("_", " ");
