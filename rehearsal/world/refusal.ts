/** The simulated world said no: the operation fails with this message, as the real one's would. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
