// SPDX-License-Identifier: Apache-2.0

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1DaemonSet;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Renders the chart with Helm's own library, and compares it with the plain manifest and with Kubernetes's types. */
public final class Check {
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();
    private static final Gson COMPACT = new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
    private static Path chart;
    private static Path work;

    /** Runs all checks: {@code Check CHART MANIFEST WORK_FOLDER}. */
    public static void main(String[] arguments) throws IOException {
        chart = Path.of(arguments[0]);
        work = Path.of(arguments[2]);
        LintResult lint = new Helm(chart).lint().strict().call();
        require(!lint.isFailed(), "helm lint: " + lint.getMessages());

        Map<String, JsonElement> plain = documents(Files.readString(Path.of(arguments[1])));
        equal(plain, documents(render("namespace: {create: true}")), "with its namespace");
        plain.remove("Namespace");
        equal(plain, documents(render("{}")), "by default");

        String all = render("""
                image: {repository: registry.example/unraced, tag: "1", pullPolicy: Always}
                socket: {path: /run/other/one.sock, mode: "0660", allowedUsers: ["1", "2"]}
                tls: {port: 7443, secret: certificates, allowedCertificates: [a.example, b.example]}
                address: "[::]"
                metrics: {port: 9000}
                extraArgs: [--mitigation, kernel]
                resources: {limits: {memory: 1Gi}}
                tolerations: [{key: only, operator: Exists}]
                nodeSelector: {watched: "yes"}
                """);
        String pod = new GsonBuilder().disableHtmlEscaping().create().toJson(documents(all).get("DaemonSet"));
        for (String part : List.of(
                "\"image\":\"registry.example/unraced:1\",\"imagePullPolicy\":\"Always\"",
                "\"--listen\",\"unix:/run/other/one.sock\",\"--socket-mode\",\"0660\",\"--allow-user\",\"1,2\"",
                "\"--listen\",\"[::]:7443\",\"--certificate\",\"/etc/unraced/tls/tls.crt\"",
                "\"--allow-certificate\",\"a.example\",\"--allow-certificate\",\"b.example\"",
                "\"--metrics\",\"[::]:9000\",\"--mitigation\",\"kernel\"",
                "{\"containerPort\":7443,\"name\":\"grpc\"}",
                "\"hostPath\":{\"path\":\"/run/other\"",
                "{\"defaultMode\":256,\"secretName\":\"certificates\"}",
                "{\"key\":\"only\",\"operator\":\"Exists\"}",
                "\"nodeSelector\":{\"watched\":\"yes\"}")) {
            require(pod.contains(part), part + " is not in\n" + all);
        }
        String remote = render("{socket: {path: ''}, tls: {port: 7443, secret: certificates}}");
        documents(remote);
        require(!remote.contains("unix:") && !remote.contains("name: run"), "there is a socket in\n" + remote);

        refused("{socket: {path: ''}}", "has to listen");
        refused("{tls: {port: 7443}}", "needs tls.secret");
        refused("{sockets: {}}", "sockets");
        refused("{socket: {mode: 666}}", "mode");
        refused("{socket: {allowedUsers: [agent]}}", "allowedUsers");
        refused("{address: '::'}", "address");
        refused("{tls: {port: 70000, secret: certificates}}", "port");
        refused("{resources: {limit: {memory: 1Gi}}}", "limit");
        refused("{nodeSelector: {watched: true}}", "watched");

        Map<?, ?> yaml = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(chart.resolve("values.yaml")));
        JsonObject schema =
                JsonParser.parseString(Files.readString(chart.resolve("values.schema.json"))).getAsJsonObject();
        List<String> rows = new ArrayList<>();
        describe("", yaml, schema, rows);
        List<String> table = Files.readAllLines(chart.resolve("README.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .toList();
        require(rows.equals(table), "README.md has to have\n" + String.join("\n", rows));
        System.out.println("the chart renders to the plain manifest, and fits Kubernetes's types");
    }

    /** Adds a row for each value: its name, its default, and what the schema says of it. */
    private static void describe(String prefix, Map<?, ?> values, JsonObject schema, List<String> rows) {
        JsonObject properties = schema.getAsJsonObject("properties");
        values.forEach((key, value) -> {
            JsonObject property = properties.getAsJsonObject(String.valueOf(key));
            String name = prefix + key;
            require(property != null, "the schema does not know " + name);
            if (property.has("description")) {
                String meaning = property.get("description").getAsString();
                rows.add("| `" + name + "` | `" + COMPACT.toJson(value) + "` | " + meaning + " |");
            } else {
                require(value instanceof Map<?, ?>, "the schema does not describe " + name);
                describe(name + ".", (Map<?, ?>) value, property, rows);
            }
        });
    }

    private static String render(String values) throws IOException {
        Path file = Files.writeString(work.resolve("values.yaml"), values);
        TemplateCommand command = new Helm(chart).template();
        return command.withName("unraced").withNamespace("unraced").withValuesFile(file).call();
    }

    private static void refused(String values, String why) throws IOException {
        try {
            render(values);
        } catch (IllegalStateException e) {
            require(e.getMessage().contains(why), "another reason than '" + why + "': " + e.getMessage());
            return;
        }
        require(false, "Helm renders " + values);
    }

    /** Reads documents by their kinds, with the keys of each mapping sorted, and holds each against its type. */
    private static Map<String, JsonElement> documents(String yaml) throws IOException {
        Map<String, JsonElement> found = new TreeMap<>();
        for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(yaml)) {
            if (document == null) {
                continue;
            }
            JsonElement json = JsonParser.parseString(GSON.toJson(sorted(document)));
            String kind = json.getAsJsonObject().get("kind").getAsString();
            // The first call refuses unknown names, the second one wrong types of values.
            switch (kind) {
                case "Namespace" -> {
                    V1Namespace.validateJsonElement(json);
                    JSON.getGson().fromJson(json, V1Namespace.class);
                }
                case "ServiceAccount" -> {
                    V1ServiceAccount.validateJsonElement(json);
                    JSON.getGson().fromJson(json, V1ServiceAccount.class);
                }
                case "DaemonSet" -> {
                    V1DaemonSet.validateJsonElement(json);
                    JSON.getGson().fromJson(json, V1DaemonSet.class);
                }
                default -> require(false, "no type for " + kind);
            }
            require(found.put(kind, json) == null, "there are two of " + kind);
        }
        return found;
    }

    private static Object sorted(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> result = new TreeMap<>();
            map.forEach((key, part) -> result.put(String.valueOf(key), sorted(part)));
            return result;
        }
        if (value instanceof List<?> list) {
            List<Object> result = new ArrayList<>();
            list.forEach(part -> result.add(sorted(part)));
            return result;
        }
        return value;
    }

    private static void equal(Map<String, JsonElement> plain, Map<String, JsonElement> rendered, String how) {
        String both = GSON.toJson(plain) + "\n" + GSON.toJson(rendered);
        require(plain.equals(rendered), "the chart differs " + how + ":\n" + both);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            System.err.println("try: " + what);
            System.exit(1);
        }
    }
}
