// Dark first; light for a bright room. It is the position's own choice and stays with it.

export type ThemeName = "dark" | "light";

const KEY = "evenhand.theme";

class Theme {
  name = $state<ThemeName>(localStorage.getItem(KEY) === "light" ? "light" : "dark");

  constructor() {
    document.documentElement.dataset["theme"] = this.name;
  }

  switch(): void {
    this.name = this.name === "light" ? "dark" : "light";
    document.documentElement.dataset["theme"] = this.name;
    localStorage.setItem(KEY, this.name);
  }
}

export const theme = new Theme();
