namespace VerifyTests;

/// <summary>A snapshot has no approved file, or differs from it. The message shows what came.</summary>
public sealed class VerifyException(string message) : Exception(message);
