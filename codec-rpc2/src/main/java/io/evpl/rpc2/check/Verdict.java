package io.evpl.rpc2.check;

/** How a requirement came out. */
public enum Verdict { PASS, FAIL, NOT_APPLICABLE }
