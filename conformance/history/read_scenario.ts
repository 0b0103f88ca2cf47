import { parseScenario } from "../exchange/conversation.ts";
import { type Scenario, ScenarioError } from "../exchange/scenario.ts";
import { type Fields, RecordError } from "./fields.ts";

/**
 * Reads the scenario in a field of a record.
 *
 * @throws {RecordError} if it cannot be used.
 */
export function readScenario(fields: Fields, name: string): Scenario {
  try {
    return parseScenario(JSON.stringify(fields.value(name)));
  } catch (error) {
    if (error instanceof ScenarioError) throw new RecordError(error.message);
    throw error;
  }
}
