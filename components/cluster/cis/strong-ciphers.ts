/**
 * Suites of TLS 1.2 that the benchmark allows to the API server and to the kubelet alike, by the names that both lists have. Those
 * of TLS 1.3 can't be chosen; Go takes ChaCha20 there where a processor, such as a Raspberry Pi 4's, has no AES of its own.
 */
export const strongCiphers = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
];
