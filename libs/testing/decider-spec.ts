import { Rejected, type Decider } from '#libs/event-store/decider';

/** given(past events).when(command).then(events) or .rejects(code). */
export const deciderSpec = <S, C, E>(decider: Decider<S, C, E>) => ({
  given: (...history: E[]) => ({
    when: (command: C) => {
      const run = () =>
        decider.decide(
          command,
          history.reduce<S>((state, event) => decider.evolve(state, event), decider.initial),
        );
      return {
        then: (...expected: E[]) => expect(run()).toEqual(expected),
        rejects: (code: string) => {
          let thrown: unknown;
          try {
            run();
          } catch (error) {
            thrown = error;
          }
          expect(thrown).toBeInstanceOf(Rejected);
          expect((thrown as Rejected).code).toBe(code);
        },
      };
    },
  }),
});
