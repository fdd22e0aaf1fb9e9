package org.evonorm.search.trial;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.evonorm.evolution.CandidateStatus;

/**
 * The JSON form of trial results in the journal: {@code {"value": …}} or {@code {"reason": …}}, with time and host
 * (docs/run-folder.md, "journal/").
 */
public final class TrialResultJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .addMixIn(CandidateStatus.class, StatusForm.class)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /** Names the status in JSON; Jackson instantiates no other class than these two. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "status")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = CandidateStatus.Passed.class, name = "passed"),
        @JsonSubTypes.Type(value = CandidateStatus.Rejected.class, name = "rejected")
    })
    private interface StatusForm {}

    private TrialResultJson() {}

    /** The JSON text of a result whose value has the class {@code type}. */
    public static <T> String write(TrialResult<T> attempt, Class<T> type) {
        ObjectNode json = JSON.createObjectNode();
        try {
            if (attempt instanceof TrialResult.Completed<T> completed) {
                json.set("value", JSON.readTree(JSON.writerFor(type).writeValueAsString(completed.value())));
                json.put("host", completed.host());
            } else {
                json.put("reason", ((TrialResult.Failed<T>) attempt).reason());
            }
            return JSON.writeValueAsString(json.put("seconds", attempt.seconds()));
        } catch (JsonProcessingException e) {
            throw new AssertionError("results of trials have a JSON form", e);
        }
    }

    /** Reads the text that {@link #write} wrote; empty for any other text, for example one that is cut short. */
    public static <T> Optional<TrialResult<T>> read(String text, Class<T> type) {
        try {
            JsonNode json = JSON.readTree(text);
            double seconds = json.path("seconds").asDouble();
            if (json.path("reason").isTextual()) {
                return Optional.of(new TrialResult.Failed<>(json.get("reason").textValue(), seconds));
            }
            return json.path("value").isObject()
                    ? Optional.of(new TrialResult.Completed<>(
                            JSON.treeToValue(json.get("value"), type),
                            seconds,
                            json.path("host").asText()))
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
