package org.evonorm.rejection;

import java.io.Serializable;

/** What the stability filter says of a candidate, and how far its test went. */
public record StabilityVerdict(Verdict verdict, StabilityTest.Taken test) implements Serializable {}
