using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Raid5Fs.Client.Connection;

/// <summary>The files of a client that talks to its servers by TLS.</summary>
/// <param name="Authority">Certificates, PEM, by which those of the servers must be signed.</param>
/// <param name="Certificate">The client's own, PEM, where the servers ask for one; null for none.</param>
/// <param name="Key">Its private key, PEM; null where the certificate's file holds it.</param>
internal sealed record TlsFiles(string Authority, string? Certificate, string? Key)
{
    /// <summary>Reads the files.</summary>
    /// <returns>What a connection is made with; or null, and what is wrong with which file.</returns>
    public SslClientAuthenticationOptions? Read(out string? complaint)
    {
        string file = Authority;
        try
        {
            var trusted = new X509Certificate2Collection();
            trusted.ImportFromPemFile(Authority);
            if (trusted.Count == 0)
            {
                complaint = $"{Authority}: holds no certificate";
                return null;
            }

            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(trusted);
            var options = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
            if (Certificate is not null)
            {
                file = Certificate;
                options.ClientCertificates = [X509Certificate2.CreateFromPemFile(Certificate, Key)];
            }

            complaint = null;
            return options;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            complaint = $"{file}: {error.Message}";
            return null;
        }
    }
}
