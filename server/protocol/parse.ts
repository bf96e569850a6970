import { EarshotError } from 'earshot';
import * as v from 'valibot';

/**
 * Checks a value against a schema.
 * @throws EarshotError with this code, naming the field
 */
export function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  code: 'EARSHOT_PARAMETER' | 'EARSHOT_MESSAGE' | 'EARSHOT_TOKEN_FILE' | 'EARSHOT_BAD_ARGUMENT',
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw new EarshotError(code, where ? `\`${where}\`: ${issue.message}` : issue.message, { value: issue.input });
}
