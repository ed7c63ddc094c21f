/** What the cloud charges, in US dollars. */
export interface Prices {
  /** The day of the list these are from. */
  readonly asOf: string;
  readonly region: string;
  readonly lambdaGbSecond: number;
  readonly lambdaRequest: number;
  /** A request of SQS with a message group, up to 64 KiB. */
  readonly sqsRequest: number;
  /** PUT and LIST. */
  readonly s3Write: number;
  readonly s3Read: number;
  readonly s3GbMonth: number;
}

/** List prices (Lambda on arm64, S3 Standard); settings may replace them. */
export const LIST_PRICES: Prices = {
  asOf: '2026-11',
  region: 'us-east-1',
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  sqsRequest: 0.5e-6,
  s3Write: 5e-6,
  s3Read: 0.4e-6,
  s3GbMonth: 0.023,
};
