const type = (code, title, priority, isProtected = false) => ({
  code,
  title,
  priority,
  protected: isProtected,
});

export const policy = {
  id: "mock",
  version: 1,
  incident_types: [
    type("CARDIAC", "Cardiac arrest", 1),
    type("FIRE-STRUCT", "Structure fire", 1),
    type("CHEST", "Chest pain", 2),
    type("DOMESTIC", "Domestic violence", 2, true),
    type("MVA-INJ", "Traffic crash with injury", 2),
    type("ALARM-FIRE", "Fire alarm", 3),
    type("THEFT", "Theft, over", 5),
    type("NOISE", "Noise complaint", 6),
  ],
  no_dispatch_codes: ["advice_given", "duplicate_of", "policy_no_send", "accidental_confirmed"],
  dispositions: ["handled_on_scene", "gone_on_arrival", "false_alarm"],
  labels: ["En route", "On scene", "Clear", "In quarters"].map((label) => ({
    label,
    primary: "Available",
    secondary: "Station",
    aliases: [],
  })),
  roles: [],
};

export const titles = Object.fromEntries(policy.incident_types.map((one) => [one.code, one.title]));
