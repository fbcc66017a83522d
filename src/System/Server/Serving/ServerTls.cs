using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Raid5Fs.Server.Settings;

namespace Raid5Fs.Server.Serving;

/// <summary>Who the server says it is, and whom it lets call it. Read once, at the start.</summary>
internal sealed class ServerTls : IDisposable
{
    // RFC 5280: what a certificate that names its purposes must name, to be shown by a client.
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _chain;
    private readonly X509Certificate2Collection? _clientRoots;

    private ServerTls(X509Certificate2 certificate, X509Certificate2Collection chain, X509Certificate2Collection? clientRoots)
    {
        _certificate = certificate;
        _chain = chain;
        _clientRoots = clientRoots;
    }

    /// <summary>Whether clients must show a certificate.</summary>
    public bool IsMutual => _clientRoots is not null;

    /// <summary>Reads the files that the settings name.</summary>
    /// <param name="values">The settings.</param>
    /// <param name="tls">Null if they ask for none.</param>
    /// <returns>What is wrong with them, in one line; null if nothing is.</returns>
    public static string? Read(SettingValues values, out ServerTls? tls)
    {
        tls = null;
        bool hasCertificate = values.Has(KnownSettings.TlsCertificate);
        if (hasCertificate != values.Has(KnownSettings.TlsKey))
        {
            return $"{KnownSettings.TlsCertificate.Option.Name} and {KnownSettings.TlsKey.Option.Name} go together";
        }

        if (!hasCertificate)
        {
            return values.Has(KnownSettings.TlsClientCa)
                ? $"{values.SourceOf(KnownSettings.TlsClientCa)} needs {KnownSettings.TlsCertificate.Option.Name}: without TLS nobody shows a certificate"
                : null;
        }

        string certificatePath = values.Get(KnownSettings.TlsCertificate, "");
        string keyPath = values.Get(KnownSettings.TlsKey, "");
        X509Certificate2? certificate = null;
        X509Certificate2Collection chain = [];
        string? fault = Try($"{certificatePath}, {keyPath}", () =>
        {
            certificate = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            chain.ImportFromPemFile(certificatePath);
        });
        X509Certificate2Collection? roots = null;
        if (fault is null && values.Has(KnownSettings.TlsClientCa))
        {
            string path = values.Get(KnownSettings.TlsClientCa, "");
            roots = [];
            fault = Try(path, () => roots.ImportFromPemFile(path))
                ?? (roots.Count == 0 ? $"{path}: there is no certificate in it" : null);
        }

        tls = fault is null ? new ServerTls(certificate!, chain, roots) : null;
        return fault;
    }

    public HttpsConnectionAdapterOptions ToOptions() => new()
    {
        ServerCertificate = _certificate,
        ServerCertificateChain = _chain,
        SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateMode = IsMutual ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate,
        ClientCertificateValidation = (shown, chain, errors) =>
            !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) && LeadsToRoot(shown, chain),
    };

    public void Dispose()
    {
        _certificate.Dispose();
        foreach (X509Certificate2 other in _chain.Concat(_clientRoots ?? []))
        {
            other.Dispose();
        }
    }

    /// <summary>Whether a client's certificate is signed, through those that it brought along, by one of the roots, and is valid now.</summary>
    private bool LeadsToRoot(X509Certificate2 shown, X509Chain? brought)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_clientRoots ?? []);
        chain.ChainPolicy.ApplicationPolicy.Add(ClientAuthentication);

        // Roots of one's own have no lists of revoked certificates that could be fetched: what is not to be trusted any more is not renewed.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (X509ChainElement element in brought?.ChainElements ?? (IEnumerable<X509ChainElement>)[])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(shown);
    }

    private static string? Try(string what, Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return $"{what}: {refused.Message.ReplaceLineEndings(" ")}";
        }
    }
}
