// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1DaemonSet;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Checks the manifest against the schema of Kubernetes, as its own client has it: names, nesting, types, required
 * fields.
 */
class KubernetesSchemaTest {
    private static final Path MANIFEST = Path.of("../deploy/kubernetes/unraced.yaml");

    private static List<String> check(String manifest) throws IOException {
        List<String> kinds = new ArrayList<>();
        for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(manifest)) {
            JsonElement json = JsonParser.parseString(new Gson().toJson(document));
            String kind = json.getAsJsonObject().get("kind").getAsString();
            kinds.add(json.getAsJsonObject().get("apiVersion").getAsString() + " " + kind);
            switch (kind) {
                case "Namespace" -> V1Namespace.validateJsonElement(json);
                case "ServiceAccount" -> V1ServiceAccount.validateJsonElement(json);
                case "DaemonSet" -> {
                    V1DaemonSet.validateJsonElement(json);
                    // The call above checks names; reading the values checks their types.
                    assertThat(JSON.getGson().fromJson(json, V1DaemonSet.class).getSpec())
                            .isNotNull();
                }
                default -> throw new AssertionError("no schema for " + kind);
            }
        }
        return kinds;
    }

    @Test
    void theManifestFitsTheSchema() throws IOException {
        assertThat(check(Files.readString(MANIFEST)))
                .containsExactly("v1 Namespace", "v1 ServiceAccount", "apps/v1 DaemonSet");
    }

    @ParameterizedTest
    @CsvSource({
        "readOnlyRootFilesystem, readonlyRootFilesystem",
        "serviceAccountName, serviceAcountName",
        "drop: [ALL], drop: ALL",
        "periodSeconds: 5, periodSeconds: often",
        "'{name: run, mountPath', '{nam: run, mountPath'",
        "memory: 512Mi, memory: much",
    })
    void whatDoesNotFitIsNoticed(String right, String wrong) throws IOException {
        String manifest = Files.readString(MANIFEST);
        assertThat(manifest).contains(right);
        assertThatThrownBy(() -> check(manifest.replace(right, wrong))).isInstanceOf(RuntimeException.class);
    }
}
