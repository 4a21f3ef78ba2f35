declare module "virtual:scenarios" {
  const index: readonly { readonly name: string; readonly title: string; readonly theme: string }[];
  export default index;
  /** The first of them, and what comes of it: played when the page was built. */
  export const first: {
    readonly scenario: unknown;
    readonly screened: Omit<import("./core/protocol.ts").Screened, "clauses"> & { readonly clauses: readonly (readonly [string, string])[] };
  };
}
