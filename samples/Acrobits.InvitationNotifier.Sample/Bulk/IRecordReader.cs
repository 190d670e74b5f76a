namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>Reads the invitations of a file, one after the other, whatever stands between them.</summary>
internal interface IRecordReader
{
    /// <summary>What a file of this format begins with, once reading has begun; <see langword="null"/>: nothing.</summary>
    byte[]? Header { get; }

    /// <param name="skip">How many lines of the file to pass over.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    IAsyncEnumerable<BulkRecord> ReadAsync(long skip, CancellationToken cancellationToken);
}
