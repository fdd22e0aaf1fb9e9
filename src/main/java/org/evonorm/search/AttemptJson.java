package org.evonorm.search;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.evonorm.rejection.Verdict;

/** The form in which the journal keeps attempts: {@code {"value": …}} or {@code {"reason": …}}, with times and host. */
final class AttemptJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .addMixIn(Verdict.class, VerdictForm.class)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /** Names the case; Jackson makes no other class than these two out of it. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "verdict")
    @JsonSubTypes({@JsonSubTypes.Type(value = Verdict.Passed.class, name = "passed"),
        @JsonSubTypes.Type(value = Verdict.Rejected.class, name = "rejected")})
    private interface VerdictForm {}

    private AttemptJson() {}

    static <T> String write(Attempt<T> attempt, Class<T> type) {
        ObjectNode json = JSON.createObjectNode();
        try {
            if (attempt instanceof Attempt.Done<T> done) {
                json.set("value", JSON.readTree(JSON.writerFor(type).writeValueAsString(done.value())));
                json.put("host", done.host());
            } else {
                json.put("reason", ((Attempt.Broken<T>) attempt).reason());
            }
            return JSON.writeValueAsString(json.put("seconds", attempt.seconds()));
        } catch (JsonProcessingException e) {
            throw new AssertionError("results of trials have a JSON form", e);
        }
    }

    /** Reads what {@link #write} wrote; nothing where the text is anything else, cut short for example. */
    static <T> Optional<Attempt<T>> read(String text, Class<T> type) {
        try {
            JsonNode json = JSON.readTree(text);
            double seconds = json.path("seconds").asDouble();
            if (json.path("reason").isTextual()) {
                return Optional.of(new Attempt.Broken<>(json.get("reason").textValue(), seconds));
            }
            return json.path("value").isObject()
                    ? Optional.of(new Attempt.Done<>(JSON.treeToValue(json.get("value"), type), seconds,
                            json.path("host").asText()))
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
